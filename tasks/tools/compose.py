"""Docker Compose as a second opinion on our own resolver.

``config`` runs after our own reading has found the files harmless: on a private
copy of exactly the files that went in, with an empty environment, without remote
loading, below a size limit, and with SIGKILL at the end of its time, because it
ignores SIGTERM while it is busy. A disagreement is named, never hidden.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.compose import reader
from tasks.domain.platform.compose.needs import needs
from tasks.domain.platform.compose.paths import leaves_the_tree, rebase
from tasks.domain.platform.compose.resolve import Resolved, resolve
from tasks.domain.platform.compose.tree import leaves, text
from tasks.domain.platform.model import NotAssessed
from tasks.tools.command import find_program, run
from tasks.tools.copies import private_copy
from tasks.tools.errors import PermanentToolError, ProgramFailedError, ToolError
from tasks.tools.identity import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from tasks.domain.platform.model import Entry, Platform
    from tasks.domain.platform.sources import Source
    from tasks.tools.command import Completed

LIMIT = timedelta(seconds=60)
MEMORY = 4 * 1024**3  # address space; it reserves some 0.7 GiB before it reads anything
MAX_SERVICES = 1000  # it takes 2 s for these, 7 s for twice as many, for ever for ten times
_SHOWN = 5
# Go's own words for an end without an answer, as when memory runs out; a refusal is Compose's.
_BROKE = re.compile(r"^(fatal error|runtime|panic): ", re.MULTILINE)
_INSTALL = "Install Docker Compose v2 or later, or the extra `tools`: pip install '.[tools]'."
_LATER = "Nothing is lost but the second opinion."


@dataclass(frozen=True, slots=True)
class Opinion:
    """What starts, from which image, after what; or why nothing does."""

    images: dict[str, str]
    edges: frozenset[tuple[str, str]] = frozenset()
    error: str = ""


def cross_check(
    source: Source, entry: Entry, profiles: Sequence[str] = ()
) -> tuple[NotAssessed, ...]:
    """Compare our reading of a Compose entry with Docker Compose's; empty when they agree."""
    what = f"cross-check of {entry.id} with Docker Compose"
    resolved = resolve(source, entry, profiles)
    platform = reader.read(source, entry, profiles)
    if reason := _objection(resolved, platform):
        return (NotAssessed(what, reason, _LATER),)
    program = _program()
    if not program:
        return (NotAssessed(what, "there is no Docker Compose v2 here", _INSTALL),)
    try:
        theirs = _ask(program, source, entry, (resolved, platform, profiles))
    except ToolError as error:
        return (NotAssessed(what, error.what, error.remedy or _LATER),)
    remedy = "Compare with `docker compose config`, and tell us which one is right."
    return tuple(NotAssessed(what, each, remedy) for each in compare(ours(resolved), theirs))


def _objection(resolved: Resolved, platform: Platform) -> str:
    """Say why the files may not be given to another program."""
    for each in platform.unread:
        return f"it was not run, because {each.file}:{each.line} {each.reason}"
    outside = any("leaves" in each.reason for each in platform.not_assessed)
    labels = (
        leaf for s in resolved.services.values() for leaf in leaves(s.items.get("label_file"))
    )
    if outside or any(leaves_the_tree(rebase(leaf.text, ".")) for leaf in labels):
        return "it was not run, because a reference leaves the source"
    if len(resolved.services) > MAX_SERVICES:
        return f"it was not run on more than {MAX_SERVICES} services"
    return ""


def _program() -> tuple[str, ...]:
    """Find Compose v2 or later: the user's own first; the dead v1 knows too little."""
    beside = Path(sys.executable).parent / "docker-compose"
    for name in ("docker-compose", str(beside)):
        if find_program(name) and _major(describe(name).version) > 1:
            return (name,)
    if find_program("docker"):
        try:
            run("docker", "compose", "version", timeout=timedelta(seconds=20))
        except ToolError:
            return ()
        return ("docker", "compose")
    return ()


def _major(version: str) -> int:
    found = re.search(r"v?(\d+)\.\d+", version)
    return int(found[1]) if found else 0


def project(
    source: Source, entry: Entry, root: str, profiles: Sequence[str] = ()
) -> dict[str, Any]:
    """Give the project as Docker Compose resolves it; its paths are those below ``root``.

    The answer holds values: it is for the copy's definition alone.

    Raises:
        PermanentToolError: there is no Compose, or the files may not be given to it.
        ProgramFailedError: Compose refuses them.
    """
    resolved = resolve(source, entry, profiles)
    platform = reader.read(source, entry, profiles)
    if reason := _objection(resolved, platform):
        what = f"Docker Compose cannot be asked about {entry.id}: {reason}."
        raise PermanentToolError(what, "Correct what is named, then run the same command again.")
    if not (program := _program()):
        what = "There is no Docker Compose v2 here."
        raise PermanentToolError(what, _INSTALL)
    with _copied(source, entry, platform) as copy:
        done = _config(program, copy, entry, (resolved, platform, profiles))
        found: dict[str, Any] = json.loads(done.stdout)
        return {k: _rebased(v, str(copy), root) for k, v in found.items()}


def compose(*words: str, **options: Any) -> Completed:
    """Run Docker Compose.

    Raises:
        PermanentToolError: there is no Compose here.
        ToolError: it failed, or took too long.
    """
    if not (program := _program()):
        what = "There is no Docker Compose v2 here."
        raise PermanentToolError(what, _INSTALL)
    return run(program[0], *program[1:], *words, **options)


def _rebased(tree: Any, former: str, root: str) -> Any:
    """Put paths of the private copy back to where they were copied from."""
    if isinstance(tree, str):
        inside = tree == former or tree.startswith(f"{former}/")
        return root + tree.removeprefix(former) if inside else tree
    if isinstance(tree, dict):
        return {key: _rebased(value, former, root) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_rebased(value, former, root) for value in tree]
    return tree


def _ask(
    program: tuple[str, ...],
    source: Source,
    entry: Entry,
    project: tuple[Resolved, Platform, Sequence[str]],
) -> Opinion:
    with _copied(source, entry, project[1]) as copy:
        try:
            done = _config(program, copy, entry, project)
        except ProgramFailedError as error:
            if _BROKE.search(error.stderr):
                what = "Docker Compose broke down before it answered."
                raise PermanentToolError(what, _LATER) from error
            said = error.stderr.strip().splitlines()
            return Opinion({}, error=said[-1] if said else "no reason given")
    return theirs(json.loads(done.stdout))


def _copied(source: Source, entry: Entry, platform: Platform) -> AbstractContextManager[Path]:
    files = [path for path in platform.files if path in source.files]
    return private_copy(source, (*entry.paths, *sorted(files)))


def _config(
    program: tuple[str, ...],
    copy: Path,
    entry: Entry,
    project: tuple[Resolved, Platform, Sequence[str]],
) -> Completed:
    resolved, _, profiles = project
    name = resolved.values.get("COMPOSE_PROJECT_NAME", "check")
    paths = [word for path in entry.paths for word in ("-f", path)]
    wanted = [word for profile in profiles for word in ("--profile", profile)]
    env = {
        "HOME": str(copy),
        "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false",
        "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false",
    }
    arguments = (*program[1:], "-p", name, *paths, *wanted, "config", "--format", "json")
    return run(program[0], *arguments, cwd=copy, env=env, timeout=LIMIT, max_memory=MEMORY)


def theirs(document: dict[str, Any]) -> Opinion:
    """Read the answer of ``config --format json``."""
    services = document.get("services") or {}
    return Opinion(
        {name: service.get("image", "") for name, service in services.items()},
        frozenset(
            (name, other) for name, s in services.items() for other in s.get("depends_on") or {}
        ),
    )


def ours(resolved: Resolved) -> Opinion:
    """Give our own reading in the same shape."""
    if resolved.error:
        return Opinion({}, error=resolved.error)
    active = resolved.active
    return Opinion(
        {name: text(service.items.get("image")) for name, service in active.items()},
        frozenset((name, need.target) for name, s in active.items() for need in needs(s)),
    )


def compare(mine: Opinion, other: Opinion) -> Iterator[str]:
    """Name what two readings do not agree on. An error of both is agreement, whatever its words."""
    if mine.error or other.error:
        if not mine.error:
            yield "Docker Compose refuses what we accept"
        elif not other.error:
            yield f"Docker Compose accepts what we refuse: {mine.error}"
        return
    if only := set(mine.images) ^ set(other.images):
        yield f"services that only one of us sees: {_some(only)}"
    both = set(mine.images) & set(other.images)
    if different := {name for name in both if mine.images[name] != other.images[name]}:
        yield f"services with different images: {_some(different)}"
    if edges := mine.edges ^ other.edges:
        yield f"dependencies that only one of us sees: {_some({' -> '.join(e) for e in edges})}"


def _some(names: set[str]) -> str:
    shown = sorted(names)[:_SHOWN]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
