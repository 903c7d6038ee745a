"""Changes of how services wait for each other while a platform starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.edits import NotEditableError, line_of, set_scalar
from tasks.domain.emitting import flow
from tasks.domain.insertions import merged
from tasks.domain.platform.nodes import Alias, Mapping, Scalar, Sequence, Span
from tasks.domain.security.candidates import compose
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.candidates.setting import Root, find, put_all, reach, text_of

if TYPE_CHECKING:
    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import HealthProbe
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written import Written

START_INTERVAL = "1s"
QUICK = 5.0  # seconds; checks this frequent need no other interval while starting
DEFAULT_INTERVAL, DEFAULT_RETRIES = 30.0, 3  # Docker's, when a health check states none
LONGEST_START = 300  # seconds; beyond it, a service that never comes up is noticed too late
_UNLIKE = "`depends_on` is not written with one name a line"
_NAME = re.compile(r"[A-Za-z0-9._-]+")  # as Compose has it
_STARTED, _HEALTHY = "service_started", "service_healthy"


def start_interval(ground: Ground, finding: Finding) -> Proposal:
    """Look every second while the service starts, and as before afterwards."""
    edits, facts = _quicker(ground, finding, finding.subject)
    return Proposal((finding.id,), edits, facts)


def _quicker(
    ground: Ground, finding: Finding, name: str
) -> tuple[tuple[Edit, ...], dict[str, str]]:
    probe = _probe(ground, name)
    roots = compose.roots(ground, name)
    if probe is None or not any(find(root.node, "healthcheck") for root in roots):
        msg = "the health check is the image's own, and is not written here"
        raise NotOfferedError(msg)
    leaves: dict[tuple[str, ...], Tree] = {("healthcheck", "start_interval"): START_INTERVAL}
    facts = {"interval": f"{probe.interval or DEFAULT_INTERVAL:g}s"}
    if not probe.start_period:
        # As long as the present check would tolerate failures, so nothing is called sick earlier.
        tolerated = (probe.interval or DEFAULT_INTERVAL) * (probe.retries or DEFAULT_RETRIES)
        seconds = max(1, min(round(tolerated), LONGEST_START))
        leaves["healthcheck", "start_period"] = f"{seconds}s"
        facts["start_period"] = f"{seconds}s"
    may_change = compose.changeable(ground, name, ground.same(finding))
    return put_all(roots, leaves, may_change), facts


def fitted(ground: Ground, finding: Finding) -> Proposal:
    """Look as often while a service starts as its measured readiness deserves.

    It closes what the files alone say of the same check, too.
    """
    roots = compose.roots(ground, finding.subject)
    if not any(find(root.node, "healthcheck") for root in roots):
        msg = "the health check is the image's own, and is not written here"
        raise NotOfferedError(msg)
    facts = {name: finding.facts[name] for name in ("every", "period")}
    leaves: dict[tuple[str, ...], Tree] = {
        ("healthcheck", "start_interval"): facts["every"],
        ("healthcheck", "start_period"): facts["period"],
    }
    may_change = compose.changeable(ground, finding.subject, ground.same(finding))
    slow = ground.same(finding, "slow-start-gate").get(finding.subject, ())
    closes = (finding.id, *(each.id for each in slow))
    return Proposal(closes, put_all(roots, leaves, may_change), facts)


def start_with_process(ground: Ground, finding: Finding) -> Proposal:
    """Let a service start when the process of another exists, and not when it is healthy.

    Whether it lives with that is not known here: a copy has to show it.
    """
    other = finding.facts["target"]
    same = ground.same(finding).items()
    waiting = {name for name, found in same if any(f.facts["target"] == other for f in found)}
    may_change = compose.changeable(ground, finding.subject, waiting)
    way = ("depends_on", other, "condition")
    roots = compose.roots(ground, finding.subject)
    if not any((found := reach(root, way)) and found.depth == len(way) for root in roots):
        msg = "the dependency is not written as `depends_on`"
        raise NotOfferedError(msg)
    edits = put_all(roots, {way: _STARTED}, may_change)
    return Proposal((finding.id,), edits, {"target": other})


def _probe(ground: Ground, name: str) -> HealthProbe | None:
    probes = (p for each in ground.service(name).containers for p in each.probes)
    return next((probe for probe in probes if probe.kind == "health"), None)


def wait_for_health(ground: Ground, finding: Finding) -> Proposal:
    """Wait until a needed service is healthy, where it can tell; look quickly meanwhile."""
    targets = {name.strip() for name in finding.facts.get("targets", "").split(",")}
    edits = conditions(ground, finding.subject, targets)
    return Proposal(
        (finding.id,), tuple(merged([*edits, *_quick_targets(ground, finding, targets)]))
    )


def conditions(ground: Ground, name: str, targets: set[str]) -> list[Edit]:
    """Let a service wait until ``targets`` are healthy.

    Raises:
        NotOfferedError: Its dependencies are written in a way that we do not change.
    """
    may_change = compose.changeable(ground, name)
    edits: list[Edit] = []
    for root in compose.roots(ground, name):
        pair = find(root.node, "depends_on")
        if pair is None:
            continue
        if isinstance(pair.value, Alias) or not may_change(pair.value):
            msg = "`depends_on` is shared through an anchor"
            raise NotOfferedError(msg)
        edits += _conditions(root, pair.value, targets, pair.key.place.column - 1)
    if not edits:
        msg = "the dependency is not written as `depends_on`"
        raise NotOfferedError(msg)
    return edits


def _quick_targets(ground: Ground, finding: Finding, targets: set[str]) -> list[Edit]:
    """A gate on a slow check would cost what it gains: its check becomes quicker with it."""
    edits: list[Edit] = []
    for name in sorted(targets):
        probe = _probe(ground, name)
        if probe and (probe.interval or DEFAULT_INTERVAL) >= QUICK and not probe.start_interval:
            edits += _quicker(ground, finding, name)[0]
    return edits


def _conditions(root: Root, node: object, targets: set[str], column: int) -> list[Edit]:
    try:
        if isinstance(node, Mapping):
            return [
                edit for name in sorted(targets) for edit in _in_mapping(root.written, node, name)
            ]
        if isinstance(node, Sequence):
            _expect_names(node)
        if isinstance(node, Sequence) and node.flow:
            tree: Tree = {
                name: {"condition": _HEALTHY if name in targets else _STARTED}
                for name in map(text_of, node.items)
            }
            return [Edit(root.written.file, node.span, flow(tree))]
        if isinstance(node, Sequence):
            return _from_list(root.written, node, targets, column)
    except NotEditableError as error:
        raise NotOfferedError(str(error)) from error
    return []


def _expect_names(node: Sequence) -> None:
    if not all(_NAME.fullmatch(text_of(each)) for each in node.items):
        raise NotEditableError(_UNLIKE)


def _in_mapping(written: Written, node: Mapping, name: str) -> list[Edit]:
    pair = find(node, name)
    condition = find(pair.value, "condition") if pair else None
    return [set_scalar(written, condition.value, _HEALTHY)] if condition else []


def _from_list(written: Written, node: Sequence, targets: set[str], column: int) -> list[Edit]:
    """Turn ``- name`` into ``name:`` with a condition below; comments stay where they are."""
    manner = written.manner
    edits = []
    for item in node.items:
        line = line_of(written, item.start)
        start = written.starts[line]
        before = written.text[start : item.start]
        if before.strip(" ") != "-" or not isinstance(item, Scalar) or item.anchor:
            raise NotEditableError(_UNLIKE)
        at = before.index("-") if before.index("-") > column else column + manner.step
        state = _HEALTHY if item.text in targets else _STARTED
        below = " " * (at + manner.step) + f"condition: {state}"
        edits.append(Edit(written.file, Span(start, item.end), f"{' ' * at}{flow(item.text)}:"))
        edits.append(_below(written, line, below))
    return edits


def _below(written: Written, line: int, text: str) -> Edit:
    end = written.manner.line_end
    if line + 1 < written.count:
        at = written.starts[line + 1]
        return Edit(written.file, Span(at, at), text + end)
    at = len(written.text)
    closed = written.text.endswith("\n")
    return Edit(written.file, Span(at, at), text + end if closed else end + text)
