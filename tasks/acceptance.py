"""Accepting: the platform's own scenarios are carried out on a copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.outcomes import Accepted
from tasks.domain.reporting.deliverables.issues import issue_list
from tasks.domain.verification.acceptance.judging import Act, Course
from tasks.domain.verification.issues import issues_of
from tasks.interruption import reason_of, stop_if_asked
from tasks.steps import derivation, effect
from tasks.tools.errors import ToolError
from tasks.tools.live.bench import bench, limit_of
from tasks.tools.live.playing import play_all
from tasks.tools.scenarios import FOLDER, scenarios_of
from tasks.tools.snapshots import reopen

if TYPE_CHECKING:
    from tasks.domain.outcomes import Measured, Tested
    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Job, Run
    from tasks.domain.verification.acceptance.scenarios import Scenario
    from tasks.domain.verification.regressions.judging import Lookback

_NONE = f"no scenario is written: there is no file in {FOLDER}/ beside the definition"
_NO_COPY = "no copy of the platform was brought up"


@effect("carry out the scenarios of {job.name}")
def accept(run: Run, job: Job, measured: Measured) -> Accepted:
    """Carry out every scenario on a copy; what could not be tried is said of each."""
    try:
        scenarios = scenarios_of(reopen(job.source, job.content))
    except ToolError as error:
        return Accepted(reason=reason_of(error))
    if not scenarios:
        return Accepted(reason=_NONE)
    if measured.start is None:
        missing = next((each.reason for each in measured.not_assessed), _NO_COPY)
        return Accepted(_untried(scenarios, missing))
    acts: list[Act] = []
    limit = limit_of(measured.start.total)
    try:
        with bench(run, job.source, job.entry, measured.unheard) as made:
            acts.extend(play_all(made, scenarios, limit, lambda: stop_if_asked(run)))
    except ToolError as error:
        acts.extend(_untried(scenarios[len(acts) :], reason_of(error)))
    return Accepted(tuple(acts))


@derivation("write the list of issues")
def report_issues(  # noqa: PLR0913, PLR0917  # each is another cell's outcome
    run: Run,
    entry: str,
    measured: Measured,
    tested: Tested,
    accepted: Accepted,
    lookback: Lookback,
) -> tuple[Deliverable, ...]:
    """Write every problem that verifying found, and how each scenario went."""
    issues = issues_of(measured, tested, accepted, lookback)
    return (issue_list(entry, issues, accepted.acts, accepted.reason),)


def _untried(scenarios: tuple[Scenario, ...], reason: str) -> tuple[Act, ...]:
    return tuple(Act(each, Course(reason=reason)) for each in scenarios)
