"""Health checks judged by what a start of the copy showed, and changes that follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.canonical import plain
from tasks.domain.patches import apply_edits
from tasks.domain.platform.entries import choose, discover
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.verification.experiments.judgement import Sample
from tasks.domain.verification.experiments.plans import Arm
from tasks.domain.verification.starts import Moments
from tasks.domain.verification.startup import (
    HELD_BACK,
    LIES,
    UNFITTED,
    foregone,
    measured_findings,
    still_there,
)
from tasks.tools.platforms import read_platform

if TYPE_CHECKING:
    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import Platform

COMPOSE = """\
services:
  db:
    image: shop/postgres:1
    healthcheck:
      test: [CMD, pg_isready]
      interval: 5s
  web:
    image: shop/web:1
    depends_on:
      db:
        condition: service_healthy
"""
PROMPT = Moments("db", started=1.0, ready=3.0, healthy=3.1)
LATE = Moments("db", started=1.0, ready=3.0, healthy=6.0)
LYING = Moments("db", started=1.0, ready=3.0, healthy=2.0)


def source(text: str = COMPOSE) -> Source:
    return Source("shop", {"compose.yaml": text.encode()})


def platform(text: str = COMPOSE) -> Platform:
    entry = choose(discover(source(text)), None)
    assert entry is not None
    return read_platform(source(text), entry)


def after(findings: tuple[Finding, ...], kind: str) -> str:
    """Give the file with the one change of this kind."""
    whole = (*assess(platform()), *findings)
    (made,) = [each for each in propose(platform(), whole, source()) if each.kind == kind]
    return apply_edits(COMPOSE, made.edits)


def test_a_check_that_says_yes_before_the_port_answers_lies() -> None:
    (found,) = measured_findings(platform(), [LYING])

    assert (found.check, found.subject) == (LIES, "db")
    assert found.facts == {"case": "seen", "healthy": "1.0", "answered": "2.0"}
    assert (found.place.file, found.place.line) == ("compose.yaml", 4)


def test_a_check_that_lies_when_asked_at_once_is_found_although_a_slow_interval_covers_it() -> None:
    found = measured_findings(platform(), [LATE], [LYING])

    assert [each.check for each in found] == [LIES, UNFITTED]
    assert found[0].facts == {"case": "early", "healthy": "1.0", "answered": "2.0"}
    both = measured_findings(platform(), [LYING], [LYING])
    assert [each.facts["case"] for each in both] == ["seen"]
    assert [e.check for e in measured_findings(platform(), [LATE], [PROMPT])] == [UNFITTED]


def test_a_check_that_says_yes_long_after_is_unfitted_where_others_wait() -> None:
    (found,) = measured_findings(platform(), [LATE])
    alone = COMPOSE.replace("service_healthy", "service_started")

    assert (found.check, found.facts["waited"], found.facts["waiting"]) == (UNFITTED, "3.0", "web")
    assert measured_findings(platform(alone), [LATE]) == ()


@pytest.mark.parametrize(
    "moments",
    [[], [PROMPT], [replace(LATE, ready=None)], [replace(LATE, healthy=None)], [Moments("db")]],
    ids=["nothing seen", "prompt", "no port", "no health", "never started"],
)
def test_nothing_is_said_where_nothing_was_seen_or_nothing_is_wrong(moments: list[Moments]) -> None:
    assert measured_findings(platform(), moments) == ()


@pytest.mark.parametrize(
    ("timing", "found"),
    [
        ("interval: 5s\n      start_interval: 250ms\n      start_period: 1m", False),
        ("interval: 500ms", False),
        ("interval: 5s\n      start_interval: 250ms", True),
        ("interval: 5s\n      start_interval: 250ms\n      start_period: 2s", True),
        ("interval: 5s\n      start_interval: 2s\n      start_period: 1m", True),
    ],
    ids=["tuned", "always quick", "no period", "period too short", "too seldom"],
)
def test_a_check_that_looks_often_enough_is_not_to_blame_for_the_wait(
    timing: str, *, found: bool
) -> None:
    text = COMPOSE.replace("interval: 5s", timing)

    assert bool(measured_findings(platform(text), [LATE])) is found


def test_a_lying_check_asks_over_the_network_afterwards() -> None:
    text = after(measured_findings(platform(), [LYING]), "honest-check")

    assert "pg_isready -q -h 127.0.0.1" in text
    assert "[CMD, pg_isready]" not in text
    assert platform(text).unread == ()


def test_a_store_under_another_name_is_asked_by_what_is_installed_in_it() -> None:
    text = COMPOSE.replace("image: shop/postgres:1", "build: ./queue").replace("pg_isready", "ask")
    recipe = b"FROM debian:12\nRUN apt-get install -y rabbitmq-server\n"
    files = Source("s", {"compose.yaml": text.encode(), "queue/Dockerfile": recipe})
    entry = choose(discover(files), None)
    assert entry is not None
    made = read_platform(files, entry)
    whole = (*assess(made), *measured_findings(made, [LYING]))
    (change,) = [each for each in propose(made, whole, files) if each.kind == "honest-check"]

    assert "/dev/tcp/127.0.0.1/5672" in apply_edits(text, change.edits)


def test_an_unfitted_check_looks_as_often_as_the_readiness_deserves() -> None:
    found = measured_findings(platform(), [LATE])
    text = after(found, "fit-health-check")

    assert "start_interval: 500ms" in text  # a quarter of two seconds
    assert "start_period: 10s" in text
    assert "interval: 5s" in text  # as seldom as before, once it is up


def test_fitting_closes_what_the_files_alone_say_too() -> None:
    whole = (*assess(platform()), *measured_findings(platform(), [LATE]))
    made = propose(platform(), whole, source())
    (fitted,) = [each for each in made if each.kind == "fit-health-check"]

    assert {each.rpartition("-")[0] for each in fitted.closes} == {UNFITTED, "slow-start-gate"}


def samples(*moments: Moments) -> list[Sample]:
    return [
        Sample(n, Arm.AFTER, {}, n, raw={"start": {"moments": [plain(each)]}})
        for n, each in enumerate(moments, start=1)
    ]


HELD = Moments("db", started=1.0, ready=3.0, healthy=3.1)
WEB = Moments("web", started=3.6, needs={"db": "service_healthy"})


def held_back(*moments: Moments, text: str = COMPOSE) -> tuple[Finding, ...]:
    return measured_findings(platform(text), moments, waits=True)


def test_who_was_let_start_by_anothers_health_is_found_where_that_is_asked_for() -> None:
    (found,) = held_back(HELD, WEB)

    assert (found.check, found.subject) == (HELD_BACK, "web")
    assert found.facts == {"target": "db", "waited": "2.1"}
    assert found.place.line == 10
    assert measured_findings(platform(), [HELD, WEB]) == ()


@pytest.mark.parametrize(
    ("moments", "text"),
    [
        ([HELD], COMPOSE),
        ([WEB], COMPOSE),
        ([HELD, Moments("web")], COMPOSE),
        ([replace(HELD, ready=1.3, healthy=1.4), WEB], COMPOSE),
        ([replace(HELD, healthy=None), WEB], COMPOSE),
        ([HELD, WEB], COMPOSE.replace("service_healthy", "service_started")),
    ],
    ids=["no waiter", "no target", "never started", "worth nothing", "never healthy", "no gate"],
)
def test_nobody_is_held_back_where_nothing_was_waited_for(
    moments: list[Moments], text: str
) -> None:
    assert held_back(*moments, text=text) == ()


def test_a_wait_for_health_becomes_one_for_a_process_and_is_then_gone() -> None:
    found = held_back(HELD, WEB)
    text = after(found, "start-with-process")
    freed = replace(WEB, needs={"db": "service_started"})

    assert text == COMPOSE.replace("service_healthy", "service_started")
    (change,) = (
        each for each in propose(platform(), found, source()) if each.kind == "start-with-process"
    )
    assert all("db" in words.message for words in candidate_texts(change).values())
    assert still_there(found, samples(WEB)) == found
    assert still_there(found, samples(freed, freed)) == ()
    assert still_there(found, samples(freed, WEB)) == found


SHARED = COMPOSE.replace("depends_on:", "depends_on: &stores") + (
    "  api:\n    image: shop/api:1\n    depends_on: *stores\n"
)


def test_an_anchor_is_changed_when_all_who_share_it_are_held_back() -> None:
    api = replace(WEB, service="api")
    both, one = (held_back(HELD, *seen, text=SHARED) for seen in ((WEB, api), (WEB,)))

    def offered(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
        made = propose(platform(SHARED), found, source(SHARED))
        return [(c.subject, apply_edits(SHARED, c.edits)) for c in made if "process" in c.kind]

    freed = SHARED.replace("service_healthy", "service_started")
    assert offered(both) == [("web, api", freed)]
    assert offered(one) == []


def test_what_the_files_say_of_it_afterwards_is_foregone_for_this_service_alone() -> None:
    found = held_back(HELD, WEB)
    text = after(found, "start-with-process")
    (made,) = [
        each for each in propose(platform(), found, source()) if each.kind == "start-with-process"
    ]
    said = tuple(assess(platform(text)))
    (early,) = [each for each in said if each.check == "depends-without-health"]

    assert foregone(said, [made], ()) == tuple(each for each in said if each != early)
    assert foregone(said, [], ()) == said
    assert foregone(said, [replace(made, subject="db")], ()) == said
    assert foregone(said, [made], [early]) == said


def test_a_measured_finding_is_gone_only_when_later_starts_say_so() -> None:
    lying = measured_findings(platform(), [LYING])
    late = measured_findings(platform(), [LATE])

    assert still_there(lying, samples(PROMPT, PROMPT, LYING)) == ()
    assert still_there(lying, samples(LYING, PROMPT, LYING)) == lying
    assert still_there(late, samples(PROMPT, LATE, PROMPT)) == ()
    assert still_there(late, samples(LATE, LATE, PROMPT)) == late
    assert still_there(late, samples()) == late
    assert still_there(tuple(assess(platform())), samples(PROMPT)) == ()
