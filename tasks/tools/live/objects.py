"""Everything that carries a copy's label on an engine: found, counted, taken away.

Compose is not asked to tear down: it would need the definition, and a kill may have
happened at any moment. The labels are on the objects themselves.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tasks.domain.verification.copy_request import LABEL, PLATFORM_LABEL
from tasks.tools.errors import TemporaryToolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.tools.engine import Engine

_ATTEMPTS = 3
_KINDS = ("containers", "networks", "volumes")


class NotRemovedError(TemporaryToolError):
    """The engine keeps something of a copy that should be gone."""


def containers(engine: Engine, project: str) -> list[dict[str, Any]]:
    """List the containers of a copy, running or not."""
    found: list[dict[str, Any]] = engine.client.containers(all=True, filters=_filter(project))
    return found


def counts(engine: Engine, project: str) -> dict[str, int]:
    """Count what there is of a copy, by kind."""
    found = Counter(kind for kind, _ in _all(engine, project))
    return {kind: found[kind] for kind in _KINDS}


def names(engine: Engine, project: str) -> dict[str, list[str]]:
    """List the names of a copy's networks and volumes; those that nobody named are left out."""
    wanted = _filter(project)
    networks = [each["Name"] for each in engine.client.networks(filters=wanted)]
    volumes = engine.client.volumes(filters=wanted).get("Volumes") or ()
    return {"networks": networks, "volumes": [each["Name"] for each in volumes]}


def remove(engine: Engine, project: str) -> None:
    """Take everything away that carries the copy's label; nothing there is fine.

    Raises:
        NotRemovedError: something is still there.
    """
    for _ in range(_ATTEMPTS):
        for kind, key in _all(engine, project):
            _remove_one(engine, kind, key)
        if not any(counts(engine, project).values()):
            return
    left = {kind: n for kind, n in counts(engine, project).items() if n}
    what = f"The engine still has {left} of the copy {project}."
    raise NotRemovedError(what, "`cmi` tries again at the next sweep; look at the engine's log.")


def _remove_one(engine: Engine, kind: str, key: str) -> None:
    from docker.errors import APIError  # noqa: PLC0415  # takes a while, and most commands need none

    with suppress(APIError):  # gone meanwhile, or held by what goes in the next round
        if kind == "containers":
            engine.client.remove_container(key, force=True, v=True)
        elif kind == "networks":
            engine.client.remove_network(key)
        else:
            engine.client.remove_volume(key, force=True)


def projects(engine: Engine) -> dict[str, str]:
    """Map each copy that has anything on the engine to the platform that it is of."""
    found: dict[str, str] = {}
    wanted = {"label": LABEL}
    listed = [
        *engine.client.containers(all=True, filters=wanted),
        *engine.client.networks(filters=wanted),
        *(engine.client.volumes(filters=wanted).get("Volumes") or ()),
    ]
    for each in listed:
        labels = each.get("Labels") or {}
        found[labels[LABEL]] = labels.get(PLATFORM_LABEL, "")
    return found


def _all(engine: Engine, project: str) -> Iterator[tuple[str, str]]:
    """Yield containers first: they hold the others."""
    wanted = _filter(project)
    for each in engine.client.containers(all=True, filters=wanted):
        yield "containers", each["Id"]
    for each in engine.client.networks(filters=wanted):
        yield "networks", each["Id"]
    for each in engine.client.volumes(filters=wanted).get("Volumes") or ():
        yield "volumes", each["Name"]


def _filter(project: str) -> dict[str, str]:
    return {"label": f"{LABEL}={project}"}
