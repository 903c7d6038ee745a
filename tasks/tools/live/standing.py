"""The copy as one effect: brought up whole, found by its label, undone without a trace."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from datetime import timedelta  # noqa: TC003  # dataclass fields resolve at run time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.tools.live import asking, objects
from tasks.tools.live.files import definition, place
from tasks.tools.live.stack import START_LIMIT, STOP_LIMIT, Up, bring_up, stop_all
from tasks.tools.live.watching import SERVICE_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.verification.functional import Answer, Question
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

_REQUEST = "http"
_PATIENCE, _LOOK_SECONDS = 10.0, 0.5


@dataclass(slots=True)
class Standing:
    """A running copy. ``up`` is how it started in this process."""

    engine: Engine
    ready: Ready
    up: Up | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    asked: tuple[Question, ...] = ()
    limit: timedelta = START_LIMIT
    learning: bool = False  # which hints hold is to be found out, so no start waits for them
    kind: str = "copy"
    _answered: set[str] = field(default_factory=set)

    @property
    def key(self) -> str:
        """A platform has one copy at a time: its owner's."""
        return self.ready.copy.project

    def find(self) -> bool:
        """Tell whether this very process brought it up; another's is begun anew."""
        return self.up is not None

    def apply(self) -> None:
        """Bring the copy up, after whatever was left of an earlier one is gone."""
        self.undo()
        place(self.ready.copy, self.ready.request)
        self.ports = self.ready.ports(self.engine)
        self.asked = self.ready.questions(self.ports)
        self.up = self.again()

    def again(self) -> Up:
        """Let Compose start what does not run, and say how that went.

        Raises:
            ToolError: Compose is missing.
        """
        self._answered.clear()
        return bring_up(self.engine, self.ready.copy, self.ports, self.green, self.limit)

    def observe(self) -> Mapping[str, Any]:
        """Count what there is."""
        return objects.counts(self.engine, self.key)

    def undo(self) -> None:
        """Remove containers, networks, volumes and files of the copy."""
        objects.remove(self.engine, self.key)
        shutil.rmtree(Path(self.ready.request.folder), ignore_errors=True)

    def stop(self) -> float:
        """Ask everybody to end, as an update or a reboot would; return the seconds that took.

        Raises:
            ToolError: Compose is missing, or refuses.
        """
        with definition(self.ready.copy) as file:
            return stop_all(self.engine, str(file), self.key, STOP_LIMIT)

    def answers(self) -> tuple[Answer, ...]:
        """Ask everything once."""
        return asking.ask_all(self.engine, self.key, self.asked)

    def learn(self) -> tuple[Answer, ...]:
        """Ask what others than a service tell of it; nothing waited for that, so it gets time.

        What is answered in vain is returned, and not asked again.
        """
        waiting = [each for each in self.asked if each.told_by]
        missed: tuple[Answer, ...] = ()
        until = time.monotonic() + (_PATIENCE if self.up and not self.up.failed else 0)
        while waiting:
            found = asking.ask_all(self.engine, self.key, waiting)
            missed = tuple(each for each in found if not each.passed)
            waiting = [each.question for each in missed]
            if time.monotonic() >= until:
                break
            time.sleep(_LOOK_SECONDS)
        self.asked = tuple(each for each in self.asked if each not in waiting)
        return missed

    def green(self) -> bool:
        """Tell whether every question was answered since it was brought up.

        Requests come last: one that arrives before everybody listens would be an error of ours.
        """
        there = asking.running(self.engine, self.key)
        for each in sorted(self.asked, key=lambda question: question.kind == _REQUEST):
            waited_for = not (self.learning and each.told_by)
            if waited_for and each.name not in self._answered:
                if not asking.ask(self.engine, there, each).passed:
                    return False
                self._answered.add(each.name)
        return True


def blind(standing: Standing) -> tuple[Question, ...]:
    """Stop each service, dependents first, and name the probes that stay green without it.

    Nothing is started again: whoever lost his store would not come back by himself.
    """
    found: list[Question] = []
    for service in _outermost_first(standing):
        own = [each for each in standing.asked if each.of == service]
        for each in objects.containers(standing.engine, standing.key):
            if each["Labels"].get(SERVICE_LABEL) == service:
                standing.engine.client.kill(each["Id"])
                standing.engine.client.wait(each["Id"])
        there = asking.running(standing.engine, standing.key)
        found += [each for each in own if asking.ask(standing.engine, there, each).passed]
    return tuple(found)


def _outermost_first(standing: Standing) -> list[str]:
    services = standing.ready.copy.definition.get("services", {})
    left = dict(services)
    ordered: list[str] = []
    while left:
        needed = {n for each in left.values() for n in each.get("depends_on", {})}
        free = [name for name in left if name not in needed] or list(left)
        ordered += free
        for name in free:
            del left[name]
    return [name for name in ordered if name in asking.running(standing.engine, standing.key)]
