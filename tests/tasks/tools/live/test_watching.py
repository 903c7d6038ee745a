from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.verification.copy_request import LABEL
from tasks.tools.live.watching import SERVICE_LABEL, Watch, settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.tools.engine import Engine


class Streams:
    """A client whose streams of events end without a word, as they do when an engine goes away."""

    def __init__(self, *streams: list[dict[str, Any]]) -> None:
        self.left = list(streams)
        self.asked: list[int] = []
        self.done = threading.Event()

    def events(self, since: int, **_: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(since)
        if not self.left:
            self.done.set()
            return iter(())
        return iter(self.left.pop(0))


def event(
    action: str, at: float, service: str = "web", number: int = 1, **more: str
) -> dict[str, Any]:
    attributes = {SERVICE_LABEL: service, **more}
    return {
        "Action": action,
        "time": int(at),
        "timeNano": int(at * 1e9),
        "Actor": {"ID": f"{service}-{number}", "Attributes": attributes},
    }


def watched(*streams: list[dict[str, Any]]) -> tuple[Watch, Streams]:
    client = Streams(*streams)
    engine: Any = type("E", (), {"client": client})()
    watch = Watch(engine, "p", {}, {"web": {"db": "service_healthy"}})
    with watch:
        assert client.done.wait(20)
        return watch, client


def test_a_stream_that_ends_is_opened_again_where_it_ended() -> None:
    now = time.time() + 5
    watch, client = watched(
        [event("create", now), event("start", now + 1)], [event("health_status: healthy", now + 9)]
    )

    (web,) = watch.moments()
    assert (web.created, web.started, web.healthy) == pytest.approx(
        (now - watch.begun, now + 1 - watch.begun, now + 9 - watch.begun), abs=0.01
    )
    assert client.asked[1] == int(now + 1)
    assert web.needs == {"db": "service_healthy"}


def test_events_from_before_the_start_do_not_count() -> None:
    watch, _ = watched([event("create", time.time() - 60)])

    assert watch.moments() == ()


def test_a_service_that_crashed_and_came_back_is_measured_anew() -> None:
    now = time.time() + 5
    watch, _ = watched(
        [
            event("start", now),
            event("die", now + 1, exitCode="3"),
            event("start", now + 2),
        ]
    )

    (web,) = watch.moments()
    assert web.exit_code is None
    assert web.started == pytest.approx(now + 2 - watch.begun, abs=0.01)
    assert watch.crashes == {"web": 1}
    assert settled(watch, ["web"], ["web"]) == ("web",)  # it is not healthy yet
    assert settled(watch, ["web"], []) == ()


def test_an_end_that_the_stop_before_this_start_told_late_is_no_crash() -> None:
    now = time.time() + 5
    late = [event("die", now, exitCode="137"), event("start", now + 1)]
    watch, _ = watched(late)

    (web,) = watch.moments()
    assert (watch.crashes, web.exit_code, web.ended) == ({}, None, None)
    assert settled(watch, ["web"], []) == ()


def test_a_service_that_does_its_work_and_ends_is_settled_and_one_that_fails_is_not() -> None:
    now = time.time() + 5
    watch, _ = watched(
        [
            event("start", now, "job"),
            event("die", now + 1, "job", exitCode="0"),
            event("start", now),
            event("die", now + 1, exitCode="1"),
        ]
    )

    assert settled(watch, ["job", "web", "never"], []) == ("web", "never")


@pytest.mark.parametrize("slow", [1, 2])
def test_a_service_is_as_late_as_the_last_of_its_replicas(slow: int) -> None:
    now = time.time() + 5
    watch, _ = watched(
        [
            event("start", now, number=1),
            event("start", now + 0.1, number=2),
            event("health_status: healthy", now + 1, number=3 - slow),
        ],
        [event("health_status: healthy", now + 4, number=slow)],
    )

    (web,) = watch.moments()
    assert web.healthy == pytest.approx(now + 4 - watch.begun, abs=0.01)
    assert web.started == pytest.approx(now + (slow - 1) / 10 - watch.begun, abs=0.01)


def test_a_service_is_not_up_before_all_of_its_replicas_are() -> None:
    now = time.time() + 5
    watch, _ = watched(
        [
            event("start", now, number=1),
            event("start", now, number=2),
            event("health_status: healthy", now + 1, number=1),
            event("start", now, "job", number=1),
            event("start", now, "job", number=2),
            event("die", now + 2, "job", number=1, exitCode="1"),
            event("die", now + 3, "job", number=2, exitCode="0"),
        ]
    )

    assert settled(watch, ["web", "job"], ["web"]) == ("web", "job")


@pytest.mark.engine
def test_the_engines_own_events_are_understood(engine: Engine, tiny: str) -> None:
    labels = {LABEL: "cmi-test-watch", SERVICE_LABEL: "web"}
    with Watch(engine, "cmi-test-watch", {"web": 8124}, {}) as watch:
        time.sleep(0.3)
        words = ["sh", "-c", "sleep 0.5; httpd -f -p 8124 -h /"]
        made = engine.client.create_container(tiny, words, labels=labels)["Id"]
        try:
            engine.client.start(made)
            deadline = time.monotonic() + 20
            while settled(watch, ["web"], []) and time.monotonic() < deadline:
                time.sleep(0.05)
            (web,) = watch.moments()
        finally:
            engine.client.remove_container(made, force=True, v=True)

    assert web.created is not None
    assert web.started is not None
    assert web.ready is not None
    assert web.created < web.started
    assert 0.4 < web.ready - web.started < 3
