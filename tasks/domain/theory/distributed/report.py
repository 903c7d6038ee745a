"""The deliverable of theory/distributed: the figures with their models and assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.markdown import code, document, escape, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.theory.distributed.amplification import ASSUMED_ATTEMPTS, MOST_REQUESTS
from tasks.domain.theory.distributed.availability import ASSUMED_INSTANCE
from tasks.domain.theory.distributed.startup import ASSUMED_READY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tasks.domain.theory.distributed.analysis import DistributedFigures

_MOST_ROWS = 25  # of a table; the rest is counted


def describe(entry: str, figures: DistributedFigures) -> Deliverable:
    """Write the deliverable ``theory-distributed`` in every language."""
    texts = {each: _text(entry, figures, wording(each, "theory")) for each in LANGUAGES}
    return Deliverable("theory-distributed", texts)


def _text(entry: str, figures: DistributedFigures, say: Wording) -> str:
    title = say("distributed.title", entry=escape(entry))
    if not figures.services:
        return document(title, say("distributed.nothing"))
    scope = say("distributed.scope", services=figures.services, edges=figures.edges)
    parts = (_startup, _availability, _points, _retries, _circles)
    return document(title, scope, *(part(figures, say) for part in parts))


def _startup(figures: DistributedFigures, say: Wording) -> str:
    found = figures.start_up
    lines = [say("distributed.startup.model", ready=_number(ASSUMED_READY))]
    if found.seconds:
        path = " → ".join(code(name) for name in found.path)
        seconds, best = _number(found.seconds), _number(found.best)
        lines.append(say("distributed.startup.chain", seconds=seconds, path=path, best=best))
    else:
        lines.append(say("distributed.startup.none"))
    lines.append(say("distributed.startup.levels", found.levels))
    lines += [say("distributed.startup.circle", names=_names(each)) for each in found.circles]
    rows = [
        [code(gate.service), *(_seconds(n, say) for n in (gate.interval, gate.wait, gate.lost))]
        for gate in sorted(found.gates, key=lambda gate: (-gate.lost, gate.service))
    ]
    return _section("startup", lines, rows, say)


def _availability(figures: DistributedFigures, say: Wording) -> str:
    lines = [say("distributed.availability.model", each=f"{ASSUMED_INSTANCE:.1%}")]
    rows = [
        [
            code(door.service),
            str(door.in_series),
            f"{door.availability:.3%}",
            say("distributed.minutes", time=_number(door.minutes)),
        ]
        for door in figures.availability.doors
    ]
    return _section("availability", lines, rows, say)


def _points(figures: DistributedFigures, say: Wording) -> str:
    found = figures.availability.single_points
    lines = [say("distributed.points.text", len(found)), say("distributed.points.state")]
    rows = [
        [
            code(point.service),
            str(len(point.blast)),
            _names(point.doors),
            say("distributed.minutes", time=_number(point.saved)),
        ]
        for point in found
    ]
    return _section("points", lines if found else [], rows, say)


def _retries(figures: DistributedFigures, say: Wording) -> str:
    lines = [say("distributed.retries.model", attempts=ASSUMED_ATTEMPTS)]
    rows = [
        [code(each.service), _requests(each.requests), code(each.door), str(each.hops)]
        for each in figures.amplified
        if each.hops > 1
    ]
    return _section("retries", lines, rows, say)


def _circles(figures: DistributedFigures, say: Wording) -> str:
    if not figures.circles:
        return ""
    lines = [say("distributed.circles.text", names=_names(each)) for each in figures.circles]
    return "\n\n".join([f"## {say('distributed.circles.heading')}", *lines])


def _section(name: str, lines: Sequence[str], rows: Sequence[Sequence[str]], say: Wording) -> str:
    """Put heading, text and table together; a table that would be empty says so instead."""
    parts = [f"## {say(f'distributed.{name}.heading')}", *lines]
    if rows:
        headings = say(f"distributed.{name}.table").split(" | ")
        parts.append(table(headings, rows[:_MOST_ROWS]).rstrip("\n"))
    elif name != "startup":
        parts.append(say(f"distributed.{name}.none"))
    if len(rows) > _MOST_ROWS:
        parts.append(say("distributed.more", len(rows) - _MOST_ROWS))
    return "\n\n".join(parts)


def _names(names: Iterable[str]) -> str:
    return ", ".join(code(name) for name in names)


def _seconds(seconds: float, say: Wording) -> str:
    return say("distributed.seconds", time=_number(seconds))


def _requests(requests: int) -> str:
    return f"≥ {requests:,}" if requests == MOST_REQUESTS else f"{requests:,}"


def _number(number: float) -> str:
    """Three digits are more than the assumptions deserve."""
    return f"{number:.3g}" if number < 1000 else f"{number:,.0f}"  # noqa: PLR2004
