"""Starts that are not the first: all of a stopped copy with its data, and one service alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.tools.live import asking, objects
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.functional import Question
    from tasks.tools.live.standing import Standing

_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Restarted:
    """A service that was restarted alone: seconds until all that is asked of it was answered."""

    service: str
    seconds: float


def warm(standing: Standing) -> tuple[float, Mapping[str, str]]:
    """Start a stopped copy again, containers and data kept; return the seconds until green.

    A start that does not come to its end takes all the time that it was given; by service, why
    it did not.

    Raises:
        ToolError: Compose is missing.
    """
    again = standing.again()
    whole = again.green is not None and not again.failed
    took = again.green if whole and again.green else standing.limit.total_seconds()
    return took, dict(again.failed)


def restart(standing: Standing, turn: int) -> Restarted | None:
    """Restart one service of a running copy, the one whose ``turn`` it is.

    None where nobody knows how to ask any service.
    """
    asked: dict[str, list[Question]] = {}
    for question in standing.asked:
        asked.setdefault(question.of, []).append(question)
    there = asking.running(standing.engine, standing.key)
    names = sorted(asked.keys() & there.keys())
    if not names:
        return None
    name = names[turn % len(names)]
    began = time.monotonic()
    for each in objects.containers(standing.engine, standing.key):
        if each["Labels"].get(SERVICE_LABEL) == name:
            standing.engine.client.restart(each["Id"])
    deadline = began + standing.limit.total_seconds()
    while time.monotonic() < deadline:
        found = asking.ask_all(standing.engine, standing.key, asked[name])
        if all(each.passed for each in found):
            break
        time.sleep(_LOOK_SECONDS)
    return Restarted(name, round(time.monotonic() - began, 3))
