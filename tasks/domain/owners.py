"""Who does which workstream, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.programme import Workstream

if TYPE_CHECKING:
    from collections.abc import Mapping

PARALLELISM = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does a workstream, in which weeks of the programme, with how much at once."""

    owner: str
    participants: tuple[str, ...] = ()
    weeks: tuple[int, int] = (1, 1)  # first and last
    parallelism: str = "medium"


# The defaults of a programme that nobody has planned yet.
PLANS: Mapping[Workstream, Plan] = {
    Workstream.THEORY: Plan("theory lead", ("engineer 1", "engineer 2"), (1, 2), "high"),
    Workstream.GOVERNANCE: Plan("engineer A", ("AI specialist",), (2, 3)),
    Workstream.EDGE: Plan("engineer B", ("platform engineer",), (2, 3)),
    Workstream.SECURITY: Plan("engineer C", ("security specialist",), (2, 3)),
    Workstream.VERIFICATION: Plan("test engineer", ("all engineers",), (3, 4), "low"),
}
