from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.settings import Probe
from tasks.domain.verification.complaints import complaints
from tasks.tools.live import objects
from tasks.tools.live.standing import Standing
from tasks.tools.live.trying import outcome

if TYPE_CHECKING:
    from tasks.domain.verification.sieves import Round
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

pytestmark = pytest.mark.engine


def tried(
    engine: Engine,
    ready: Ready,
    quickened: frozenset[str] = frozenset(),
    usual: dict[str, Any] | None = None,
    **services: dict[str, Any],
) -> Round:
    """Bring the platform up with fields of its services changed, and judge it."""
    model = {name: each | services.get(name, {}) for name, each in ready.model["services"].items()}
    other = replace(ready, model={**ready.model, "services": model}).without({})
    standing = Standing(engine, other, limit=timedelta(seconds=12))
    standing.apply()
    try:
        return outcome(standing, ("change-1",), quickened, usual or {})
    finally:
        standing.undo()


def test_where_all_is_well_every_probe_is_asked(engine: Engine, ready: Ready) -> None:
    found = tried(engine, ready)

    assert found.clean
    assert found.on == ("change-1",)
    assert set(found.well) == {"store", "web"}
    assert len(found.answers) > 3
    assert all(found.answers.values())
    assert found.asked["web: port 80"] == "web"


def test_who_ends_is_to_blame_and_who_waited_for_it_is_not(engine: Engine, ready: Ready) -> None:
    found = tried(engine, ready, store={"command": ["sh", "-c", "exit 3"]})

    assert found.failed == {"store": "it ended with exit code 3"}
    assert found.well == ()
    assert "web: port 80" not in found.answers


def test_who_never_answers_is_to_blame(engine: Engine, ready: Ready) -> None:
    found = tried(engine, ready, web={"command": ["sleep", "600"]})

    assert set(found.failed) == {"web"}
    assert found.well == ("store",)
    assert found.answers["web: port 80"] is False


@pytest.mark.parametrize("quickened", [True, False])
def test_a_quickened_check_that_says_yes_too_early_is_to_blame(
    engine: Engine, ready: Ready, *, quickened: bool
) -> None:
    late = ["sh", "-c", "sleep 3; httpd -f -p 8000 -h /www"]
    check = {"test": ["CMD", "cat", "/www/index.html"], "interval": "1s"}
    sooner = frozenset({"store"} if quickened else ())
    found = tried(engine, ready, sooner, store={"command": late, "healthcheck": check})

    blamed = {"store": "its health check says yes before it answers"}
    assert found.failed == (blamed if quickened else {})
    assert ("store" in found.well) is not quickened
    assert "web" in found.well


def test_a_probe_that_fails_on_a_healthy_service_counts(engine: Engine, ready: Ready) -> None:
    wanted = Probe("store has cups", "store", 8000, "/index.html", contains="cups, and no teapot")
    settings = replace(ready.request.settings, probes=(wanted,))
    other = replace(ready, request=replace(ready.request, settings=settings))

    found = tried(engine, other)

    assert found.failed == {"store": "store has cups failed"}
    assert found.well == ("web",)


def test_a_job_that_ends_and_replicas_do_well(engine: Engine, ready: Ready) -> None:
    services = ready.model["services"]
    job = {"image": services["store"]["image"], "command": ["sh", "-c", "exit 0"]}
    wait = {"job": {"condition": "service_completed_successfully", "required": True}}
    web = {**services["web"], "depends_on": wait, "deploy": {"replicas": 2}}
    model = {**ready.model, "services": {**services, "job": job, "web": web}}
    standing = Standing(engine, replace(ready, model=model).without({}))
    standing.apply()
    try:
        found = outcome(standing, ())
        containers = objects.containers(engine, standing.key)
        moments = {each.service: each for each in standing.up.start.moments} if standing.up else {}
    finally:
        standing.undo()

    assert found.clean
    assert set(found.well) == {"store", "job", "web"}
    assert not any("job" in name for name in found.asked)
    assert len(containers) == 4
    assert moments["job"].exit_code == 0
    assert moments["web"].ready is not None


def test_a_new_complaint_in_a_log_that_is_watched_counts(engine: Engine, ready: Ready) -> None:
    words = "echo ERROR no store yet; exec httpd -f -p 80 -h /"
    web = {"command": ["sh", "-c", words]}

    assert tried(engine, ready, usual={"web": ()}, web=web).failed == {
        "web": "its log complains of what it did not before"
    }
    assert tried(engine, ready, usual={"web": complaints("ERROR no store yet")}, web=web).clean
    assert tried(engine, ready, usual={"store": ()}, web=web).clean
