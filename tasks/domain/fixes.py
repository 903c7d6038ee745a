"""The best fixes: changes of one kind as one, because people decide on kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Severity
from tasks.domain.ranking import best, worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class Fix:
    """Changes of one kind, applied by one command."""

    candidates: tuple[Candidate, ...]
    closes: tuple[str, ...]  # of the findings that were asked about

    @property
    def name(self) -> str:
        """What `cmi check --patch` takes: the change, or the kind of several."""
        only = len(self.candidates) == 1
        return self.candidates[0].id if only else self.candidates[0].kind


def best_fixes(
    candidates: Sequence[Candidate], findings: Sequence[Finding], count: int
) -> tuple[Fix, ...]:
    """Pick the ``count`` best fixes: by the risk that all of a kind remove, times confidence.

    What closes a critical finding comes first, however many small ones another closes.
    Changes that only a recipe can make are a fix of their own: no patch shows them.
    """
    by_id = {each.id: each for each in findings}
    kinds: dict[tuple[str, bool], list[Candidate]] = {}
    for each in best(candidates, findings, len(candidates)):
        kinds.setdefault((each.kind, bool(each.patch)), []).append(each)

    def rank(key: tuple[str, bool]) -> tuple[bool, float, str]:
        closed = (by_id[f] for each in kinds[key] for f in each.closes if f in by_id)
        grave = any(each.severity is Severity.CRITICAL for each in closed)
        return not grave, -sum(worth(each, by_id) for each in kinds[key]), key[0]

    return tuple(_fix(kinds[key], by_id) for key in sorted(kinds, key=rank)[:count])


def _fix(candidates: Sequence[Candidate], findings: dict[str, Finding]) -> Fix:
    closes = dict.fromkeys(f for each in candidates for f in each.closes if f in findings)
    return Fix(tuple(candidates), tuple(closes))
