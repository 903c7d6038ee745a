"""Carry scenarios out on copies of a platform, one after the other.

They share a copy, in the order of their files. What one left stopped is started before the
next, and a copy that does not come back by itself is replaced by a new one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.candidates import ProofState
from tasks.domain.verification.acceptance.judging import Act, Course, judge, unmet
from tasks.tools.live import objects
from tasks.tools.live.acting import act

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import timedelta

    from tasks.domain.verification.acceptance.judging import Seen
    from tasks.domain.verification.acceptance.scenarios import Scenario, Step
    from tasks.tools.live.bench import Bench
    from tasks.tools.live.standing import Standing

LONGEST_SECONDS = 300.0  # of one scenario
_BACK_SECONDS = 15.0  # that a copy gets to come back by itself
_LOOK_SECONDS = 0.2


def play_all(
    made: Bench, scenarios: Sequence[Scenario], limit: timedelta, boundary: Callable[[], None]
) -> Iterator[Act]:
    """Carry out each scenario; ``boundary`` is passed before each, and may stop it all.

    Raises:
        ToolError: Compose is missing, or the engine is gone.
    """
    waiting = list(scenarios)
    while waiting:
        boundary()
        with made.brought_up(made.ready, limit) as standing:
            there = _running(standing)
            yield _played(standing, waiting.pop(0))
            while waiting and _back(standing, there):
                boundary()
                yield _played(standing, waiting.pop(0))


def _played(standing: Standing, scenario: Scenario) -> Act:
    return Act(scenario, play(standing, scenario))


def play(standing: Standing, scenario: Scenario, longest: float = LONGEST_SECONDS) -> Course:
    """Carry one scenario out, and note everything that was seen."""
    lacking = [each for each in scenario.services if each not in standing.ready.copy.services]
    if lacking:
        return Course(reason=f"the copy has no service {lacking[0]}")
    stage = _Stage(standing, scenario, time.monotonic() + longest)
    given, before = stage.done(scenario.given), stage.done(scenario.kept)
    if any(map(unmet, (*scenario.given, *scenario.kept), (*given, *before))):
        return Course(given, before)
    course = stage.decided(given, before)
    if stage.over and judge(scenario, course).state is ProofState.NOT_ASSESSED:
        return Course(reason=f"it took longer than {longest:.0f} seconds")
    return course


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where a scenario is carried out, and until when."""

    standing: Standing
    scenario: Scenario
    end: float

    @property
    def over(self) -> bool:
        """Tell whether the time is up."""
        return time.monotonic() > self.end

    def done(self, steps: Sequence[Step]) -> tuple[Seen, ...]:
        """Do the steps until one could not be done."""
        found: list[Seen] = []
        for each in steps:
            if self.over or (found and not found[-1].done):
                break
            found.append(act(self.standing, each, self.scenario))
        return tuple(found)

    def decided(self, given: tuple[Seen, ...], before: tuple[Seen, ...]) -> Course:
        """Do what is to be done, and look at it until it holds or its time is up."""
        *first, last = self.scenario.when
        again = (last,) if last.asks else ()
        former = self.done(first if again else self.scenario.when)
        begun = time.monotonic()
        while True:
            waited = time.monotonic() - begun
            when = (*former, *self.done(again))
            after = tuple(act(self.standing, e, self.scenario) for e in self.scenario.asking)
            course = Course(given, before, when, after, waited)
            passed = judge(self.scenario, course).state is ProofState.PASSED
            if passed or waited >= self.scenario.eventually:
                return course
            time.sleep(_LOOK_SECONDS)


def _running(standing: Standing) -> frozenset[str]:
    listed = objects.containers(standing.engine, standing.key)
    return frozenset(each["Id"] for each in listed if each.get("State") == "running")


def _back(standing: Standing, there: frozenset[str]) -> bool:
    """Start again what ran at first, and tell whether the copy answers everything soon."""
    for each in there - _running(standing):
        standing.engine.client.start(each)
    deadline = time.monotonic() + _BACK_SECONDS
    while time.monotonic() < deadline:
        if all(each.passed for each in standing.answers()):
            return True
        time.sleep(_LOOK_SECONDS)
    return False
