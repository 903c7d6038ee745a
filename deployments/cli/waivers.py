"""What is to be said about waivers: lapsed, soon to lapse, or for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployments.cli.findings import Voice
    from tasks.domain.reporting.records import Record
    from tasks.domain.waivers import Waived, Waiver

KINDS = ("lapsed", "unmatched", "lapsing")


def remarks(waived: Waived, voice: Voice) -> Iterator[tuple[Waiver, str]]:
    """Say a sentence about each waiver that somebody has to look at."""
    for kind, waiver in _listed(waived):
        yield (
            waiver,
            voice.say(
                f"waiver.{kind}",
                where=f"{waiver.at.file}:{waiver.at.line}",
                check=waiver.check,
                place=waiver.place,
                owner=waiver.owner,
                day=waiver.expires,
            ),
        )


def record(waived: Waived) -> list[Record]:
    """Record the same for programs."""
    return [
        {
            "state": kind,
            "check": waiver.check,
            "place": waiver.place,
            "owner": waiver.owner,
            "reason": waiver.reason,
            "expires": waiver.expires.isoformat(),
            "where": {"file": waiver.at.file, "line": waiver.at.line},
        }
        for kind, waiver in _listed(waived)
    ]


def _listed(waived: Waived) -> Iterator[tuple[str, Waiver]]:
    for kind in KINDS:
        for waiver in getattr(waived, kind):
            yield kind, waiver
