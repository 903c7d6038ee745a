"""Lay out a platform's services by dependency, left to right, for the report's picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Severity
from tasks.domain.reporting.arrows import Grid, ways
from tasks.domain.reporting.summary import open_findings, service_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tasks.domain.reporting.records import Record

BOX_WIDTH, BOX_HEIGHT = 172, 46
COLUMN_GAP, ROW_GAP, MARGIN = 40, 28, 22
MOST_ROWS = 10  # a layer with more is split into columns side by side
ALL_SHOWN = 60  # up to here every service is drawn, beyond only those with something to see
MOST_SHOWN = 150
_LABEL = 19  # characters that fit into a box
_SWEEPS = 4  # passes that order each layer by its neighbours; more change little


@dataclass(frozen=True, slots=True)
class Box:
    """One service: its place in pixels, and what to write on it."""

    name: str
    label: str
    x: int
    y: int
    ports: str  # reachable from outside under these; empty when it is not
    found: Mapping[str, int]  # open findings by severity, worst first, zeros left out

    @property
    def worst(self) -> str:
        """The worst open severity, or nothing."""
        return next(iter(self.found), "")


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, arrows as SVG paths, and the size in pixels."""

    boxes: tuple[Box, ...]
    arrows: tuple[str, ...]
    width: int
    height: int
    isolated_y: int | None  # where the row of services without connections begins
    left_out: int


def exposures(platform: Record) -> dict[str, str]:
    """Say under which ports each service is reachable from outside its host or cluster."""
    found: dict[str, list[str]] = {}
    for service in platform["services"]:
        for container in service["containers"]:
            for port in container["ports"]:
                local = port["host_ip"].startswith("127.") or port["host_ip"] == "::1"
                if port["host"] is not None and not local:
                    shown = "?" if port["host"] < 0 else str(port["host"])
                    found.setdefault(service["name"], []).append(shown)
    for endpoint in platform["endpoints"]:
        if endpoint["type"] in ("LoadBalancer", "NodePort") or endpoint["kind"] == "Ingress":
            shown = ", ".join(str(port["container"]) for port in endpoint["ports"])
            for target in endpoint["targets"]:
                found.setdefault(target, []).append(shown or endpoint["kind"])
    return {name: ", ".join(dict.fromkeys(ports)) for name, ports in found.items()}


def tallies(document: Record) -> dict[str, dict[str, int]]:
    """Count open findings by service and severity, worst first."""
    found: dict[str, dict[str, int]] = {}
    for finding in open_findings(document):  # sorted by severity, so insertion order is too
        counted = found.setdefault(service_of(finding["subject"]), {})
        counted[finding["severity"]] = counted.get(finding["severity"], 0) + 1
    return found


def needs(platform: Record) -> dict[str, list[str]]:
    """List what each service needs, once each; a service that names itself needs nothing."""
    names = dict.fromkeys(each["name"] for each in platform["services"])
    found: dict[str, dict[str, None]] = {name: {} for name in names}
    for edge in platform["edges"]:
        if edge["source"] in found and edge["target"] in found and edge["source"] != edge["target"]:
            found[edge["source"]][edge["target"]] = None
    return {name: list(targets) for name, targets in found.items()}


def picture(document: Record) -> Picture:
    """Lay out the services of a bundle."""
    platform = document["platform"]
    shown_at, counted = exposures(platform), tallies(document)
    graph = _shown(needs(platform), shown_at, counted)
    linked = {name for name, targets in graph.items() if targets}
    linked |= {target for targets in graph.values() for target in targets}
    columns = _columns({name: graph[name] for name in graph if name in linked})
    alone = [name for name in graph if name not in linked]
    places = _places(columns)
    lanes = ways(Grid(BOX_WIDTH, BOX_HEIGHT, COLUMN_GAP, ROW_GAP), places.values())
    arrows = [lanes.arrow(places[a], places[b]) for a, targets in graph.items() for b in targets]
    bottom = max((y + BOX_HEIGHT for _, y in places.values()), default=0)
    across = max(len(columns), 5)
    places |= _grid(alone, across, bottom)
    boxes = tuple(
        Box(name, _short(name), x, y, shown_at.get(name, ""), counted.get(name, {}))
        for name, (x, y) in places.items()
    )
    return Picture(
        boxes,
        tuple(arrows),
        max((box.x + BOX_WIDTH + MARGIN for box in boxes), default=0),
        max((box.y + BOX_HEIGHT + MARGIN for box in boxes), default=0),
        (bottom + ROW_GAP if columns else MARGIN) if alone else None,
        len(needs(platform)) - len(graph),
    )


def _shown(
    graph: dict[str, list[str]],
    shown_at: Mapping[str, str],
    counted: Mapping[str, Mapping[str, int]],
) -> dict[str, list[str]]:
    """Choose the services to draw: all of a small platform, the telling ones of a large one."""
    if len(graph) <= ALL_SHOWN:
        return graph
    degree = {name: len(targets) for name, targets in graph.items()}
    for targets in graph.values():
        for target in targets:
            degree[target] += 1
    worst = {name: Severity(next(iter(found))).rank for name, found in counted.items() if found}
    telling = [n for n in graph if degree[n] or n in shown_at or n in counted]
    telling.sort(key=lambda n: (-degree[n], worst.get(n, len(Severity))))
    kept = set(telling[:MOST_SHOWN])
    return {n: [t for t in targets if t in kept] for n, targets in graph.items() if n in kept}


def _columns(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Put each service right of all that need it; order each layer by its neighbours."""
    layers = _layers(graph)
    neighbours = {name: set(targets) for name, targets in graph.items()}
    for name, targets in graph.items():
        for target in targets:
            neighbours[target].add(name)
    for _ in range(_SWEEPS):
        position = {
            name: row / max(len(layer), 1) for layer in layers for row, name in enumerate(layer)
        }
        for layer in layers:
            layer.sort(key=lambda name: _mean([position[n] for n in neighbours[name]]))
    return [
        layer[start : start + MOST_ROWS]
        for layer in layers
        for start in range(0, len(layer), MOST_ROWS)
    ]


def _layers(graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Layer by the longest chain of needs; edges that close a cycle do not count."""
    depth = dict.fromkeys(graph, 0)
    order, closing = _walk(graph)
    for name in order:
        for target in graph[name]:
            if (name, target) not in closing:
                depth[target] = max(depth[target], depth[name] + 1)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name, layer in depth.items():
        layers[layer].append(name)
    return layers


def _walk(graph: Mapping[str, Sequence[str]]) -> tuple[list[str], set[tuple[str, str]]]:
    """Walk depth first, without recursion: an order for layering, and edges that close cycles."""
    done: list[str] = []
    state: dict[str, int] = {}  # 1: being walked, 2: done
    closing: set[tuple[str, str]] = set()
    wanted = {target for targets in graph.values() for target in targets}
    roots = [name for name in graph if name not in wanted]
    for root in (*roots, *graph):
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(graph[root]))]
        while stack:
            name, rest = stack[-1]
            target = next(rest, None)
            if target is None:
                state[name] = 2
                done.append(name)
                stack.pop()
            elif target not in state:
                state[target] = 1
                stack.append((target, iter(graph[target])))
            elif state[target] == 1:
                closing.add((name, target))
    return done[::-1], closing


def _places(columns: Sequence[Sequence[str]]) -> dict[str, tuple[int, int]]:
    tallest = max((len(column) for column in columns), default=0)
    pitch = BOX_HEIGHT + ROW_GAP
    return {
        name: (
            MARGIN + number * (BOX_WIDTH + COLUMN_GAP),
            MARGIN + row * pitch + (tallest - len(column)) * pitch // 2,
        )
        for number, column in enumerate(columns)
        for row, name in enumerate(column)
    }


def _grid(names: Iterable[str], across: int, bottom: int) -> dict[str, tuple[int, int]]:
    """Put services without connections below the others, in rows under a heading."""
    top = bottom + 2 * ROW_GAP if bottom else 2 * MARGIN
    return {
        name: (
            MARGIN + number % across * (BOX_WIDTH + COLUMN_GAP),
            top + number // across * (BOX_HEIGHT + ROW_GAP),
        )
        for number, name in enumerate(names)
    }


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.5


def _short(name: str) -> str:
    """Leave out the middle: services of one family differ in how they end."""
    if len(name) <= _LABEL:
        return name
    tail = _LABEL // 2 - 1
    return f"{name[: _LABEL - 1 - tail]}…{name[-tail:]}"
