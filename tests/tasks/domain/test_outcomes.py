from __future__ import annotations

import dataclasses
import typing
from collections.abc import Hashable, Mapping
from typing import Any

import pytest

from tasks.domain import candidates, findings, outcomes
from tasks.domain.canonical import digest
from tasks.domain.platform import documents, model, nodes, sources
from tasks.domain.platform.model import NotAssessed
from tasks.domain.platform.sources import Source
from tasks.domain.reporting import bundle
from tasks.domain.verification import (
    confirmations,
    functional,
    gate,
    sieves,
    sizings,
    soaks,
    starts,
    trials,
)
from tasks.domain.verification.acceptance import judging, scenarios
from tasks.domain.verification.experiments import judgement, plans
from tasks.domain.verification.load import latencies
from tasks.domain.verification.regressions import judging as regressions
from tasks.domain.verification.regressions import watches

# Where the names stand that annotations use.
NAMES = {
    name: value
    for module in (
        nodes,
        documents,
        sources,
        outcomes,
        bundle,
        findings,
        candidates,
        model,
        functional,
        starts,
        confirmations,
        trials,
        gate,
        sieves,
        judgement,
        plans,
        judging,
        latencies,
        scenarios,
        sizings,
        latencies,
        soaks,
        regressions,
        watches,
    )
    for name, value in vars(module).items()
} | {"Mapping": Mapping, "Hashable": Hashable, "Any": Any}
OUTCOMES = (
    outcomes.Studied,
    outcomes.Secured,
    outcomes.Tested,
    outcomes.Hardened,
    outcomes.Measured,
    outcomes.Benchmarked,
    outcomes.Accepted,
    outcomes.Optimised,
    outcomes.Deployed,
    outcomes.Handed,
    outcomes.Published,
)


# Fields whose value is an outcome of its own, as empty as the rest.
NESTED = {"proposed", "tried", "seen"}


@pytest.mark.parametrize("kind", OUTCOMES[:4])
def test_a_cell_that_did_not_finish_hands_over_nothing_at_all(kind: type[Any]) -> None:
    nothing = kind()

    assert digest(nothing) == digest(kind())
    assert not any(
        getattr(nothing, field.name)
        for field in dataclasses.fields(kind)
        if field.name not in NESTED
    )
    assert not outcomes.Tested().tried.kept
    assert outcomes.Tested().seen == outcomes.Secured()


def test_an_outcome_is_named_by_its_content() -> None:
    missing = NotAssessed("the chart", "helm is missing", "Install it.")

    assert digest(outcomes.Secured(not_assessed=(missing,))) == digest(
        outcomes.Secured(not_assessed=(missing,))
    )
    assert digest(outcomes.Secured(not_assessed=(missing,))) != digest(outcomes.Secured())


def test_what_was_only_hinted_at_is_no_obstacle_and_never_the_reason_for_one() -> None:
    start = starts.Start(2.0, (), ())
    question = functional.Question("web: port 80", "web", "tcp", 80)
    green, red = (functional.Answer(question, passed=passed) for passed in (True, False))
    unheard = NotAssessed("probe web: metrics", "status 404", "")
    sick = NotAssessed("service web", "it ended with exit code 3", "")

    def obstacle(answer: functional.Answer, *missing: NotAssessed) -> str:
        told = ("web: metrics",)
        return outcomes.Measured(start, (answer,), (), missing, unheard=told).obstacle

    assert obstacle(green, unheard) == ""
    assert "every probe" in obstacle(red, unheard)
    assert obstacle(red, unheard, sick) == sick.reason
    assert outcomes.Measured(not_assessed=(sick,)).obstacle == sick.reason


def _kinds(hint: Any) -> set[type]:
    """List every class that a value of this type may be made of."""
    found: set[type] = set()
    waiting = [hint]
    while waiting:
        each = waiting.pop()
        waiting += typing.get_args(each)
        if isinstance(each, type) and not typing.get_args(each) and each not in found:
            found.add(each)
            if dataclasses.is_dataclass(each):
                waiting += typing.get_type_hints(each, NAMES).values()
    return found


@pytest.mark.parametrize("kind", OUTCOMES)
def test_no_outcome_can_hold_the_users_files(kind: type[Any]) -> None:
    assert not _kinds(kind) & {bytes, bytearray, memoryview}


def test_the_files_themselves_would_be_noticed() -> None:
    assert bytes in _kinds(Source)
    assert nodes.Span in _kinds(outcomes.Handed)  # however deep they were hidden
