"""Images of a copy: what is on the engine, what must be built or pulled, and who allows it.

A built image is named by what it was built from, so that the user's own names are left
alone and the same content is built once.
"""

from __future__ import annotations

import json
import posixpath
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import digest
from tasks.domain.verification.copy_request import PLATFORM_LABEL
from tasks.domain.verification.permissions import inside
from tasks.tools import compose
from tasks.tools.command import base_environment
from tasks.tools.errors import ToolError
from tasks.tools.live import base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tasks.domain.platform.sources import Source
    from tasks.domain.settings import Settings
    from tasks.tools.engine import Engine

REPOSITORY = "cmi.local"
BUILD_LIMIT = timedelta(minutes=20)
_DIGEST = 16
# Taken over into a build; its secrets, keys, host networks and privileges are not.
_KEPT = ("context", "dockerfile", "dockerfile_inline", "args", "target", "shm_size")


@dataclass(frozen=True, slots=True)
class Images:
    """For each service: the image it gets, or why there is none; and what is still to do."""

    names: Mapping[str, str]
    builds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pulls: Mapping[str, str] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)


def plan(
    services: Mapping[str, Any],
    source: Source,
    root: str,
    settings: Settings,
    there: Callable[[str], bool],
) -> Images:
    """Say where each service's image comes from; ``there`` tells whether the engine has one."""
    names: dict[str, str] = {}
    builds: dict[str, Mapping[str, Any]] = {}
    pulls: dict[str, str] = {}
    lacking: dict[str, str] = {}
    for name, service in services.items():
        own = str(service.get("image") or "")
        build = service.get("build")
        if build:
            within = _context(build, source, root)
            built, lost = _built(name, build, source, within), _lost(source, within)
            if not lost and there(built):
                names[name] = built
            elif reason := lost or _unbuildable(name, build, root, settings):
                lacking |= {} if own and there(own) else {name: reason}
                names[name] = own
            else:
                names[name], builds[name] = built, build
        elif own and there(own):
            names[name] = own
        elif own and settings.allows("pull", name):
            names[name], pulls[name] = own, own
        else:
            lacking[name] = (
                f"its image {own} is not on the engine, and cmi.yaml does not permit pull"
            )
    return Images(names, builds, pulls, lacking)


def _context(build: Mapping[str, Any], source: Source, root: str) -> list[str]:
    context = posixpath.relpath(str(build.get("context", "")), root)
    return [p for p in source.files if context == "." or p.startswith(f"{context}/")]


def _lost(source: Source, within: Iterable[str]) -> str:
    """Say what of a context cannot be read: nobody would notice that an image is out of date."""
    lost = next((path for path in within if source.files.get(path) is None), "")
    return f"its image is built from {lost}, which is too large or cannot be read" if lost else ""


def _built(name: str, build: Mapping[str, Any], source: Source, within: Iterable[str]) -> str:
    """Name an image by the files and settings that it is built from."""
    made_of = {"files": source.digest(within), "build": {k: build.get(k) for k in _KEPT[1:]}}
    return f"{REPOSITORY}/{name.lower()}:{digest(made_of)[:_DIGEST]}"


def _unbuildable(name: str, build: Mapping[str, Any], root: str, settings: Settings) -> str:
    if not settings.allows("build", name):
        return "its image must be built, and cmi.yaml does not permit build"
    if not inside(str(build.get("context", "")), root):
        return "its image is built from what is not in the platform's folder"
    if build.get("additional_contexts") or build.get("secrets") or build.get("ssh"):
        return "its build needs more than a folder and arguments"
    return ""


def provide(engine: Engine, images: Images, source: Source, platform: str) -> dict[str, str]:
    """Build and pull what is planned; return by service why its image could not be had."""
    failed: dict[str, str] = {}
    if images.builds:
        try:
            _ensure_base(engine, source)
        except ToolError as error:
            return dict.fromkeys(images.builds, str(error))
    for name, build in images.builds.items():
        if reason := _build(engine, images.names[name], build, platform):
            failed[name] = reason
    for name, wanted in images.pulls.items():
        if reason := _pull(engine, wanted):
            failed[name] = reason
    return failed


def _ensure_base(engine: Engine, source: Source) -> None:
    texts = [
        source.files.get(path, b"").decode(errors="replace")
        for path in source.files
        if posixpath.basename(path).startswith(("Dockerfile", "Containerfile"))
    ]
    if base.wanted(texts):
        base.ensure(engine)


def _build(engine: Engine, name: str, build: Mapping[str, Any], platform: str) -> str:
    """Let Compose build one image; return its complaint."""
    kept = {key: build[key] for key in _KEPT if build.get(key)}
    kept["labels"] = {PLATFORM_LABEL: platform}
    project = {"services": {"image": {"image": name, "build": kept}}}
    with tempfile.TemporaryDirectory(prefix="cmi-build-") as folder:
        file = Path(folder, "compose.json")
        file.write_text(json.dumps(project), encoding="utf-8")
        words = ("-p", "cmi-build", "-f", str(file), "--progress", "quiet", "build")
        env = base_environment(DOCKER_HOST=engine.address.url)
        try:
            compose.compose(*words, timeout=BUILD_LIMIT, env=env)
        except ToolError as error:
            lines = str(error).strip().splitlines()
            return f"its image could not be built: {lines[-1] if lines else ''}"
    return ""


def _pull(engine: Engine, name: str) -> str:
    from docker.errors import DockerException  # noqa: PLC0415  # most commands need none

    try:
        engine.client.pull(name, stream=False)
    except DockerException as error:
        return f"its image {name} could not be pulled: {type(error).__name__}"
    return ""


def exposed(engine: Engine, names: Mapping[str, str]) -> dict[str, list[int]]:
    """List the TCP ports that images declare, by service."""
    found: dict[str, list[int]] = {}
    for service, name in names.items():
        if name and engine.client.images(name):
            config = engine.client.inspect_image(name).get("Config") or {}
            ports = [each.partition("/") for each in config.get("ExposedPorts") or {}]
            found[service] = [int(p) for p, _, kind in ports if kind in {"tcp", ""} and p.isdigit()]
    return found
