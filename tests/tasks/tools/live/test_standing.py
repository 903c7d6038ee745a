from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.sentences import known
from tasks.measure import measure_copy
from tasks.tools.live import objects
from tasks.tools.live.bench import bench
from tasks.tools.live.copying import prepare, project_of
from tasks.tools.live.standing import Standing, blind
from tests.tasks.tools.live.conftest import IMAGE, PLATFORM

if TYPE_CHECKING:
    from tasks.domain.runs import Run
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

HINTS = """
scrape_configs:
  - static_configs: [{targets: ["store:8000"]}]
  - {metrics_path: /index.html, static_configs: [{targets: ["store:8000"]}]}
"""
pytestmark = pytest.mark.engine


def test_a_copy_comes_up_answers_and_leaves_nothing(engine: Engine, ready: Ready) -> None:
    standing = Standing(engine, ready)
    assert not standing.find()

    standing.apply()
    try:
        assert standing.up is not None
        assert standing.up.failed == {}
        assert standing.find()
        assert standing.observe() == {"containers": 2, "networks": 1, "volumes": 1}
        assert [a for a in standing.answers() if not a.passed] == []
        assert {q.kind for q in standing.asked} == {"health", "tcp", "http", "edge"}
        assert standing.up.start.gap < 0.02
        assert standing.up.start.path[-1].service == "web"

        assert blind(standing) == ()
    finally:
        standing.undo()
    assert standing.observe() == {"containers": 0, "networks": 0, "volumes": 0}
    assert not Path(ready.request.folder).exists()


def test_a_probe_that_stays_green_without_its_service_is_found(
    engine: Engine, ready: Ready
) -> None:
    standing = Standing(engine, ready)
    standing.apply()
    try:
        question = next(each for each in standing.asked if each.kind == "http")
        # It asks the store, and claims to be about the gateway in front of it.
        lying = type(question)("web works", "store", "http", 8000, "/index.html", target="web")
        standing.asked = (*standing.asked, lying)

        assert blind(standing) == (lying,)
    finally:
        standing.undo()


def test_what_a_kill_left_is_no_obstacle(engine: Engine, ready: Ready) -> None:
    first = Standing(engine, ready)
    first.apply()
    killed = Standing(engine, ready)  # another process: it does not know how the first began

    assert not killed.find()
    killed.apply()
    try:
        assert killed.observe() == {"containers": 2, "networks": 1, "volumes": 1}
    finally:
        killed.undo()
    assert objects.projects(engine).get(first.key) is None


def test_what_is_only_hinted_at_is_learnt_and_asked_again_only_if_it_was_answered(
    engine: Engine, platform: Path
) -> None:
    (platform / "www/metrics").write_text("up 1\n")
    (platform / "www/prometheus.yml").write_text(HINTS)
    ready = prepare(engine, str(platform), "compose.yaml", "run-1", PLATFORM)
    standing = Standing(engine, ready, learning=True)
    standing.apply()
    try:
        assert standing.up is not None
        assert standing.up.green is not None  # it did not wait for what nobody answers
        assert standing.up.green < 10
        missed = standing.learn()

        assert [(a.question.name, a.detail) for a in missed] == [
            ("store: metrics at 8000/index.html", "line 1 is no metric")
        ]
        assert {q.name for q in standing.asked if q.told_by} == {"store: metrics at 8000/metrics"}
        assert [a for a in standing.answers() if not a.passed] == []
        assert blind(standing) == ()
    finally:
        standing.undo()


def test_a_hint_that_does_not_hold_is_said_and_stops_nothing(
    engine: Engine, platform: Path, run: Run
) -> None:
    (platform / "www/prometheus.yml").write_text(HINTS)
    measured = measure_copy.fn(run, str(platform), "compose.yaml")

    lost = ("store: metrics at 8000/metrics", "store: metrics at 8000/index.html")
    assert measured.unheard == lost
    assert not {a.question.name for a in measured.answers} & set(lost)
    assert measured.obstacle == ""
    told = [each for each in measured.not_assessed if each.what.startswith("probe ")]
    assert [each.what for each in told] == [f"probe {name}" for name in lost]
    assert told[0].reason.startswith("www/prometheus.yml tells of it")
    assert told[0].reason.endswith(": status 404")
    assert all(known(text) for each in told for text in (each.what, each.reason, each.remedy))
    with bench(run, str(platform), "compose.yaml", measured.unheard) as made:
        assert not {q.name for q in made.ready.questions({"store": 8000})} & set(lost)


SLOW = f"""
services:
  store:
    image: {IMAGE}
    command: [sh, -c, "sleep 2; exec httpd -f -p 8000 -h /bin"]
    expose: ["8000"]
    healthcheck: {{test: [CMD, TEST], interval: 4s, timeout: 2s, retries: 5}}
  web:
    image: {IMAGE}
    command: [httpd, -f, -p, "80", -h, /]
    depends_on: {{store: {{condition: service_healthy}}}}
"""
HONEST = 'wget, -qO-, "http://127.0.0.1:8000/sh"'


@pytest.mark.parametrize(("test", "lies"), [("ls", True), (HONEST, False)])
def test_a_check_whose_slow_interval_covers_a_lie_is_found_by_an_early_look(
    platform: Path, run: Run, engine: Engine, test: str, lies: bool
) -> None:
    (platform / "compose.yaml").write_text(SLOW.replace("TEST", test))
    measured = measure_copy.fn(run, str(platform), "compose.yaml")

    assert measured.start is not None, measured.not_assessed
    assert measured.start.dishonest == ()
    assert [(each.service, each.dishonest) for each in measured.early] == [("store", lies)]
    assert project_of(run.platform) not in objects.projects(engine)
