"""Audit of the scenarios: each judged again from everything that was seen of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.audit import Disagreement
from tasks.domain.verification.acceptance.records import act_of, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.reporting.bundle import Bundle


def audit(bundle: Bundle) -> Iterator[Disagreement]:
    """Believe no verdict: the evidence of a scenario gives it again."""
    for each in bundle.document["scenarios"]:
        where = f"scenarios[{each['id']}]"
        acts = [
            act
            for digest in each["evidence"]
            if (act := act_of(bundle.files.get(f"evidence/{digest}.json", b""))) is not None
        ]
        if len(acts) != 1:
            yield Disagreement(where, "does not rest on one record of how it went")
        elif record_of(acts[0]) != each:
            again = record_of(acts[0])["state"]
            yield Disagreement(where, f"is {each['state']}; its evidence makes it {again}")
