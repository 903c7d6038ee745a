"""Issues: every problem that verifying a platform found, whichever cell met it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tasks.domain.candidates import ProofState
from tasks.domain.platform.model import NotAssessed
from tasks.domain.verification.acceptance.judging import judge
from tasks.domain.verification.regressions.judging import regressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.outcomes import Accepted, Measured, Tested
    from tasks.domain.verification.regressions.judging import Lookback

_SERVICE = "service "
_WRITE = "Write down what the platform must do: `cmi schema scenario` says how."
_LOOK = "Mend what the reason names, then run the same command with --fresh."


class Subject(StrEnum):
    """What has the problem, the gravest first."""

    SERVICE = "service"  # it did not start, or did not stay
    SCENARIO = "scenario"  # a promise that is not kept
    REGRESSION = "regression"  # of a measure, since an earlier programme
    PROBE = "probe"  # a question that got no good answer
    EARLY = "early"  # a health check that says yes before its service answers
    BLIND = "blind"  # a probe that does not notice that its service is gone
    CHANGE = "change"  # one of our changes that the platform does not live with


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem, and what was seen of it."""

    subject: Subject
    name: str
    reason: str = ""


def issues_of(
    measured: Measured, tested: Tested, accepted: Accepted, lookback: Lookback
) -> tuple[Issue, ...]:
    """List the problems of all cells, the gravest kind first."""
    found = [*_of_start(measured), *_of_changes(tested), *_of_scenarios(accepted)]
    found += [Issue(Subject.REGRESSION, name, reason) for name, reason in regressions(lookback)]
    order = list(Subject)
    return tuple(sorted(found, key=lambda each: (order.index(each.subject), each.name)))


def _of_start(measured: Measured) -> Iterator[Issue]:
    if measured.start is None:
        return
    there = {each.service for each in measured.start.moments}
    for each in measured.not_assessed:
        name = each.what.removeprefix(_SERVICE)
        if each.what.startswith(_SERVICE) and name in there:
            yield Issue(Subject.SERVICE, name, each.reason)
    for answer in measured.answers:
        if not answer.passed:
            yield Issue(Subject.PROBE, answer.question.name, answer.detail)
    yield from (Issue(Subject.EARLY, each) for each in measured.start.dishonest)
    yield from (Issue(Subject.BLIND, each) for each in measured.worthless)


def _of_changes(tested: Tested) -> Iterator[Issue]:
    broken = {n: p.reason for n, p in tested.proofs.items() if p.state is ProofState.FAILED}
    for name, reason in (broken | dict(tested.tried.sieve.dropped)).items():
        yield Issue(Subject.CHANGE, name, reason)


def _of_scenarios(accepted: Accepted) -> Iterator[Issue]:
    for each in accepted.acts:
        judged = judge(each.scenario, each.course)
        if judged.state is ProofState.FAILED:
            yield Issue(Subject.SCENARIO, each.scenario.name, judged.reason)


def untried(accepted: Accepted) -> Iterator[NotAssessed]:
    """List the scenarios that were not carried out, or say that there is none."""
    if accepted.reason:
        yield NotAssessed("acceptance", accepted.reason, _WRITE)
    for each in accepted.acts:
        judged = judge(each.scenario, each.course)
        if judged.state is ProofState.NOT_ASSESSED:
            yield NotAssessed(f"scenario {each.scenario.name}", judged.reason, _LOOK)
