from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit.records import audit
from tests.forgeries import forged, named, whole

if TYPE_CHECKING:
    from collections.abc import Callable


def accept(document: dict[str, Any]) -> None:
    document["candidates"][0]["state"] = "accepted"


def accept_with_proofs(document: dict[str, Any]) -> None:
    accept(document)
    for proof in document["candidates"][0]["proofs"].values():
        proof |= {"state": "passed", "reason": ""}


def close_nothing(document: dict[str, Any]) -> None:
    document["candidates"][0]["closes"] = ["a-finding-that-is-not"]


def fewer_findings(document: dict[str, Any]) -> None:
    del document["findings"][1]


def more_services(document: dict[str, Any]) -> None:
    document["platform"]["counts"]["services"] = 30


def hide_a_cell(document: dict[str, Any]) -> None:
    del document["cells"][3]


def other_patch(document: dict[str, Any]) -> None:
    document["candidates"][0]["patch"] += "+evil\n"


def twice(document: dict[str, Any]) -> None:
    document["findings"].append(document["findings"][0])


def propose_what_is_rejected(document: dict[str, Any]) -> None:
    document["proposed"]["order"].append("nobody")


def accept_without_a_change(document: dict[str, Any]) -> None:
    document["accepted"]["order"].append("pin-image-web")


def a_change_of_nobody(document: dict[str, Any]) -> None:
    document["accepted"]["recipe_file"] = "recipes/accepted.json"


@pytest.mark.parametrize("careful", [False, True], ids=["hasty", "careful"])
@pytest.mark.parametrize(
    ("change", "name"),
    [
        (accept, r"candidates\[pin-image-web\] is accepted; its proofs make it undecided"),
        (accept_with_proofs, r"pin-image-web\]\.proofs\.ab is passed without evidence"),
        (close_nothing, "closes a-finding-that-is-not, which is not a finding"),
        (fewer_findings, "closes privileged-0000000001, which is not a finding"),
        (more_services, "platform.counts.services says 30; the records are 3"),
        (hide_a_cell, r"cells\[theory/security\] is not listed"),
        (other_patch, "has another patch than patches/pin-image-web.patch"),
        (twice, r"findings\[image-floating-0000000001\] is listed 2 times"),
        (accept_without_a_change, "accepted has a change without candidates, or candidates"),
        (a_change_of_nobody, "accepted has a change without candidates, or candidates"),
        (propose_what_is_rejected, "proposed takes nobody, which is not a candidate"),
    ],
)
def test_a_forged_record_is_named(
    change: Callable[[dict[str, Any]], None], name: str, careful: bool
) -> None:
    assert re.search(name, named(audit(forged(change, careful=careful))))


def test_an_honest_index_has_no_disagreement() -> None:
    assert list(audit(whole())) == []


def test_a_hasty_forger_forgets_the_digest() -> None:
    assert "digest" in {each.where for each in audit(forged(fewer_findings))}
