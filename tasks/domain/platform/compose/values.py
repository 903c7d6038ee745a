"""Which texts a field may hold: what Docker Compose casts, or finds in a short list.

A text is refused only when it can be none of what the field takes: nothing is refused
for a number that is merely written in an unusual way, and nothing for a variable that
is not set here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.platform.compose.quantities import seconds, switch
from tasks.domain.platform.compose.tree import ComposeError, Leaf, Row, Table, Tree, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasks.domain.platform.nodes import Place

# Where the text stands, whether one fits, and what would.
Rule: TypeAlias = "tuple[str, Callable[[str], bool], str]"
# The same with the way behind the field, step by step.
Check: TypeAlias = "tuple[tuple[str, ...], Callable[[str], bool], str]"

_DIGIT = re.compile(r"\d")
_PULL = re.compile(
    r"always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+"
)
_NUMBERS = (
    *("cpus", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_shares"),
    *("mem_swappiness", "pids_limit", "blkio_config.weight"),
)
_SIZES = ("mem_limit", "mem_reservation", "memswap_limit", "shm_size")
_SWITCHES = ("attach", "init", "oom_kill_disable", "privileged", "read_only", "stdin_open", "tty")
_DURATIONS = (
    "stop_grace_period",
    *(f"healthcheck.{name}" for name in ("interval", "timeout", "start_period", "start_interval")),
)
_ORDERS = ("start-first", "stop-first")
_CHOICES = {
    "cgroup": ("host", "private"),
    "gpus": ("all",),
    "depends_on.*.condition": (
        "service_started",
        "service_healthy",
        "service_completed_successfully",
    ),
    "develop.watch.*.action": ("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
    "deploy.update_config.order": _ORDERS,
    "deploy.rollback_config.order": _ORDERS,
    "volumes.*.type": ("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
}


def _rules() -> Iterator[Rule]:
    for way in _NUMBERS:
        yield way, _numeric, "a number"
    for way in _SIZES:
        yield way, _numeric, "a size"
    for way in _SWITCHES:
        yield way, lambda told: switch(told) is not None, "a boolean"
    for way in _DURATIONS:
        yield way, lambda told: seconds(told.lstrip("+-")) is not None, "a duration"
    for way, choices in _CHOICES.items():
        yield way, choices.__contains__, "one of " + ", ".join(choices)
    yield "pull_policy", lambda told: _PULL.fullmatch(told) is not None, "a policy of pulling"


def _numeric(told: str) -> bool:
    return _DIGIT.search(told) is not None or told.lower().lstrip("+-") in {"inf", "nan"}


_BY_FIELD: dict[str, list[Check]] = {}
for _way, _fits, _wanted in _rules():
    _field, *_steps = _way.split(".")
    _BY_FIELD.setdefault(_field, []).append((tuple(_steps), _fits, _wanted))


def wrong_values(name: str, service: Table) -> Iterator[ComposeError]:
    """Yield each text of ``service`` that its field cannot hold, without repeating it."""
    environment = service.items.get("environment")
    for key, tree in environment.items.items() if isinstance(environment, Table) else ():
        if not isinstance(tree, Leaf):
            yield ComposeError(f"services.{name}.environment.{key} must be a text", tree.place)
    for field, tree in service.items.items():
        for way, fits, wanted in _BY_FIELD.get(field, ()):
            for path, told, place in _at(tree, way, field):
                if told and not fits(told):
                    yield ComposeError(f"services.{name}.{path} must be {wanted}", place)


def _at(tree: Tree, way: tuple[str, ...], path: str) -> Iterator[tuple[str, str, Place]]:
    """Yield path, text and place of each text that ``way`` leads to; `*` is any one step."""
    if not way:
        if isinstance(tree, Leaf) and isinstance(tree.value, str):
            yield path, text(tree), tree.place
        return
    if isinstance(tree, Row) and way[0] == "*":
        for index, item in enumerate(tree.items):
            yield from _at(item, way[1:], f"{path}[{index}]")
    elif isinstance(tree, Table):
        for key in tree.items if way[0] == "*" else tree.items.keys() & {way[0]}:
            yield from _at(tree.items[key], way[1:], f"{path}.{key}")
