from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.verification.acceptance.judging import summary
from tasks.domain.verification.acceptance.reading import read_scenarios
from tasks.tools.live import objects
from tasks.tools.live.bench import Bench
from tasks.tools.live.playing import play, play_all

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

SCENARIOS = read_scenarios(
    {
        "s.yaml": """\
scenario: the store answers, and knows no secret
given: [stands: [store, web]]
when: [request: {service: store, path: /index.html}]
then: [{status: 200}, {contains: password}, {lacks: teapot-and-tray}, {within: 2s}]
---
scenario: what is stored survives a restart
given: [run: {service: store, command: touch /data/mark}]
when:
  - restart: store
  - request: {service: store, path: /index.html}
then: [{status: 200}, {kept: {run: {service: store, command: ls /data}}}, {eventually: 5s}]
---
scenario: a promise that is not kept
when:
  - stop: web
  - run: {service: store, command: "ls /data"}
then: [{is: mark}, {exit: 0}, {stands: web}]
---
scenario: who was stopped stands again for the next
when: [run: {service: web, command: sleep 30, timeout: 300ms}]
then: [exit: 0]
---
scenario: nobody knows it
when: [stop: cart]
then: [stands: web]
"""
    }
)


@pytest.mark.engine
def test_scenarios_pass_fail_and_say_why(engine: Engine, ready: Ready, run: Run) -> None:
    services = {n: s | {"init": True} for n, s in ready.model["services"].items()}
    quick = replace(ready, model={**ready.model, "services": services}).without({})
    passed: list[int] = []
    made = Bench(run, engine, quick)

    acts = tuple(play_all(made, SCENARIOS, timedelta(seconds=60), lambda: passed.append(1)))
    found = summary(acts)

    assert [each.state.value for each in found.values()] == [
        "passed",
        "passed",
        "failed",
        "failed",
        "not assessed",
    ]
    assert found["a promise that is not kept"].reason == "at s.yaml:17, it does not run"
    assert "did not end within 0.3 seconds" in acts[3].course.when[0].reason
    assert "no service cart" in acts[4].course.reason
    assert len(passed) == len(SCENARIOS)
    assert not any(objects.counts(engine, quick.copy.project).values())


def test_a_scenario_about_a_service_that_is_not_in_the_copy_is_not_tried() -> None:
    copy = type("Copy", (), {"services": ("web",)})()
    standing: Any = type("S", (), {"ready": type("R", (), {"copy": copy})()})()

    assert play(standing, SCENARIOS[0]).reason == "the copy has no service store"


def test_a_scenario_does_not_last_for_ever() -> None:
    copy = type("Copy", (), {"services": ("web", "store")})()
    standing: Any = type("S", (), {"ready": type("R", (), {"copy": copy})()})()

    course = play(standing, SCENARIOS[3], longest=-1.0)

    assert course.reason == "it took longer than -1 seconds"
