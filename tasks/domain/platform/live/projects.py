"""What an engine says of its containers, written down as Compose files, one for each service.

So the same readers and checks look at what runs as at what is written. Only what somebody
decided is written: what the image or the engine brings by itself is left out, as in a file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.live.containers import LOOSE, Described, label, name_of
from tasks.domain.platform.model import Entry, EntryKind, NotAssessed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tasks.domain.platform.live.containers import Engine
    from tasks.domain.platform.live.settings import Facts


@dataclass(frozen=True, slots=True)
class Written:
    """Files and entries, and what an engine cannot know."""

    files: Mapping[str, bytes]
    entries: tuple[Entry, ...]
    not_assessed: tuple[NotAssessed, ...] = ()


def write(engine: Engine, wanted: str = "") -> Written:
    """Write what runs as definitions, an entry a project; ``wanted`` names one of them."""
    projects: dict[str, list[Facts]] = defaultdict(list)
    for each in engine.containers:
        if _counts(each):
            projects[label(each, "project") or LOOSE].append(each)
    files: dict[str, bytes] = {}
    entries: list[Entry] = []
    missing: list[NotAssessed] = []
    for project in sorted(projects):
        if wanted in ("", project):
            made = _project(project, projects[project], engine)
            files |= made
            entries.append(Entry(project, EntryKind.COMPOSE, tuple(made)))
            missing += _unknown(project, projects[project])
    return Written(files, tuple(entries), tuple(missing))


def _counts(container: Facts) -> bool:
    """Leave out what was started by hand within a project, and what is over outside of one."""
    if label(container, "project"):
        return label(container, "oneoff").lower() != "true"
    return bool(container.get("State", {}).get("Running"))


def _project(project: str, containers: Iterable[Facts], engine: Engine) -> dict[str, bytes]:
    services: dict[str, list[Facts]] = defaultdict(list)
    for each in sorted(containers, key=lambda c: str(c["Name"])):
        services[label(each, "service") or name_of(each)].append(each)
    names = {str(each["Id"]): name for name, group in services.items() for each in group}
    files = {}
    for name in sorted(services):
        service = Described(project, services[name][0], engine, names)
        body = service.write(len(services[name]))
        files[f"{project}/{name}"] = _document({"services": {name: body}, **service.shared()})
    return files


def _document(content: Facts) -> bytes:
    return (json.dumps(_escaped(content), indent=2, ensure_ascii=False) + "\n").encode()


def _escaped(value: Any) -> Any:
    """Double each dollar: what runs refers to no variable any more."""
    if isinstance(value, str):
        return value.replace("$", "$$")
    if isinstance(value, dict):
        return {key: _escaped(each) for key, each in value.items()}
    return [_escaped(each) for each in value] if isinstance(value, list) else value


def _unknown(project: str, containers: Sequence[Facts]) -> Iterator[NotAssessed]:
    told = {label(each, "project.config_files") for each in containers} - {""}
    files = " ".join(sorted(told)) or "the files that it was started from"
    remedy = f"Check {files}, too."
    yield NotAssessed(
        f"how the images of {project} are built",
        "an engine knows images, not their Dockerfiles",
        remedy,
    )
    if told:
        yield NotAssessed(
            f"services of {project} without a container",
            "profiles and what was never started leave no trace in an engine",
            remedy,
        )
