"""Watch a copy start: the engine's events, and a knock at each port every 50 ms.

The stream of events ends without a word when the engine goes away; that is a failure,
and the stream is opened again from where it ended. Event times are the engine's clock;
on one machine that is ours.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from tasks.domain.verification.copy_request import LABEL
from tasks.domain.verification.starts import Moments
from tasks.tools.live.inside import accepts, within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tasks.tools.engine import Engine

SERVICE_LABEL = "com.docker.compose.service"
_KNOCK_SECONDS = 0.05
# Each check makes three more, which say nothing; the engine compares the beginning of the last.
_EVENTS = ("create", "start", "die", "health_status")
_NANO = 1e9
_RECONNECTS = 5
_PATIENCE = 2.0


@dataclass(slots=True)
class Watch:
    """What was seen of a copy since ``begun`` (seconds of the clock), by service."""

    engine: Engine
    project: str
    ports: Mapping[str, int]  # by service: where it answers
    needs: Mapping[str, Mapping[str, str]]
    begun: float = 0.0
    seen: dict[str, Moments] = field(default_factory=dict)  # by container
    lost: list[str] = field(default_factory=list)  # the engine's events, if they ended
    unseen: dict[str, str] = field(default_factory=dict)  # by service: why nobody can knock
    crashes: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)  # of the last crash
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stream: Any = None

    def __enter__(self) -> Self:
        self.begun = time.time()
        self._thread(self._follow)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with suppress(Exception):  # closing wakes the reader up; what it says then is no news
            self._stream.close()
        for thread in self._threads:
            thread.join(_PATIENCE)

    def moments(self) -> tuple[Moments, ...]:
        """Give what was seen so far; of several replicas, of the one that is usable last."""
        with self._lock:
            found: dict[str, Moments] = {}
            for each in self.seen.values():
                other = found.get(each.service)
                found[each.service] = max(other, each, key=_last) if other else each
            return tuple(found.values())

    def _thread(self, work: Any, *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _follow(self) -> None:
        since, ended = int(self.begun), 0
        while not self._stop.is_set() and ended <= _RECONNECTS:
            with suppress(Exception):  # whatever ends the stream, we ask again from there
                since = self._read(since)
            if not self._stop.is_set():
                ended += 1
                time.sleep(0.2 * ended)
        if ended > _RECONNECTS:
            self.lost.append("the stream of the engine's events ended")

    def _read(self, since: int) -> int:
        label = f"{LABEL}={self.project}"
        wanted = {"type": "container", "label": label, "event": list(_EVENTS)}
        self._stream = self.engine.client.events(since=since, decode=True, filters=wanted)
        for event in self._stream:
            self._take(event)
            since = int(event.get("time", since))
            if self._stop.is_set():
                break
        return since

    def _take(self, event: Mapping[str, Any]) -> None:
        at = event.get("timeNano", 0) / _NANO - self.begun
        attributes = event.get("Actor", {}).get("Attributes", {})
        service, action = attributes.get(SERVICE_LABEL, ""), str(event.get("Action", ""))
        container = event.get("Actor", {}).get("ID", "")
        if at < 0 or not service:
            return  # `since` has whole seconds
        with self._lock:
            known = self.seen.get(container) or Moments(
                service, needs=dict(self.needs.get(service, {}))
            )
            if action == "die" and known.started is None:
                return  # of the stop before this start, and told late
            self.seen[container] = _after(known, action, at, attributes)
            if action == "die" and attributes.get("exitCode", "0") != "0":
                self.crashes[service] = self.crashes.get(service, 0) + 1
                self.codes[service] = int(attributes["exitCode"])
        if action == "start" and service in self.ports:
            self.unseen.pop(service, None)
            self._thread(self._knock, service, container)

    def _knock(self, service: str, container: str) -> None:
        """Knock until somebody answers; the thread stays in the container's network."""
        port = self.ports[service]

        def work() -> float | None:
            while not self._stop.is_set():
                if accepts(port, seconds=_KNOCK_SECONDS):
                    return time.time() - self.begun
                time.sleep(_KNOCK_SECONDS)
            return None

        pid = 0
        try:
            pid = self.engine.client.inspect_container(container)["State"]["Pid"]
            at = within(pid, container, work, seconds=None)
        except Exception as error:  # noqa: BLE001  # a container that is gone, most of the time
            if self._runs(container, pid):  # else it ended, and its end says more than we
                named = f"{service}: {type(error).__name__}"
                self.unseen[service] = getattr(error, "what", named)
            return
        with self._lock:
            if at is not None and self.seen[container].ready is None:
                self.seen[container] = replace(self.seen[container], ready=at)

    def _runs(self, container: str, pid: int) -> bool:
        """Tell whether the process that we could not look at is still the container's.

        The engine calls a process running for a while after its end, so it is asked until
        it says otherwise, or for as long as our patience lasts.
        """
        deadline = time.monotonic() + _PATIENCE
        while pid > 0 and time.monotonic() < deadline and not self._stop.is_set():
            try:
                if self.engine.client.inspect_container(container)["State"]["Pid"] != pid:
                    return False
            except Exception:  # noqa: BLE001  # nobody there, so nothing runs
                return False
            time.sleep(_KNOCK_SECONDS)
        return pid > 0 and not self._stop.is_set()


def _last(one: Moments) -> tuple[float, ...]:
    """Rank replicas: those that failed, then those that lack something, then who was last."""
    lacking = (each is None for each in (one.started, one.healthy, one.ready))
    return (bool(one.exit_code), *lacking, one.usable or 0.0)


def _after(known: Moments, action: str, at: float, attributes: Mapping[str, str]) -> Moments:
    """Take one event into account; the first of its kind counts."""
    if action == "create" and known.created is None:
        return replace(known, created=at)
    if action == "start":  # after a crash it starts again, and all before is forgotten
        return replace(known, started=at, ready=None, healthy=None, ended=None, exit_code=None)
    if action == "health_status: healthy" and known.healthy is None:
        return replace(known, healthy=at)
    if action == "die" and known.ended is None:
        return replace(known, ended=at, exit_code=int(attributes.get("exitCode", "0")))
    return known


def settled(watch: Watch, services: Iterable[str], checked: Iterable[str]) -> tuple[str, ...]:
    """Name the services that are not up yet; ``checked`` are those with a health check."""
    known = {each.service: each for each in watch.moments()}
    healthy, answers = set(checked), set(watch.ports) - set(watch.unseen)
    return tuple(
        name
        for name in services
        if not _up(known.get(name), answers=name in answers, checked=name in healthy)
    )


def _up(one: Moments | None, *, answers: bool, checked: bool) -> bool:
    if one is None or one.started is None:
        return False
    if one.ended is not None:
        return one.exit_code == 0  # it did its work
    return (not checked or one.healthy is not None) and (not answers or one.ready is not None)
