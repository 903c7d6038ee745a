"""From a platform's files to a copy that is ready to start: definition, images, questions."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.entries import choose, discover
from tasks.domain.platform.model import EntryKind
from tasks.domain.verification import doors
from tasks.domain.verification.copies import Copy, copy_of
from tasks.domain.verification.copy_request import Request
from tasks.domain.verification.functional import Question, questions
from tasks.domain.verification.hints import Hint, of_mounts, of_services
from tasks.domain.verification.manifest_hints import of_manifests
from tasks.tools import compose
from tasks.tools.errors import PermanentToolError
from tasks.tools.host import memory
from tasks.tools.live.images import Images, exposed, plan
from tasks.tools.settings import settings_beside
from tasks.tools.sources import read_source
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.model import Entry
    from tasks.domain.platform.sources import Source
    from tasks.tools.engine import Engine

_SHOWN = 10  # characters of a platform's identity in the name of its copy
_MARK = 6  # characters that tell our stack's copies from those of another on this engine
# What a service without a limit may take at most, and what the host keeps for itself.
_MOST, _SHARE = 2 << 30, 0.75

_NONE: frozenset[str] = frozenset()


class NoCopyError(PermanentToolError):
    """No copy can be made of this platform."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything that is known of a copy before anything is built or started."""

    source: Source
    entry: Entry
    model: Mapping[str, Any]
    request: Request
    images: Images
    copy: Copy
    hints: tuple[Hint, ...] = ()  # of manifests beside the Compose project
    unheard: frozenset[str] = frozenset()  # questions that the platform as it is does not answer

    @property
    def there(self) -> frozenset[str]:
        """Name the images that were found on the engine."""
        missing = {*self.images.builds, *self.images.pulls, *self.images.lacking}
        return frozenset(n for s, n in self.images.names.items() if s not in missing)

    @property
    def platform(self) -> str:
        """Name the platform that it is a copy of."""
        return self.request.platform

    def ports(self, engine: Engine) -> dict[str, int]:
        """Say where each service of the copy answers."""
        services = self.model["services"]
        kept = {name: services[name] for name in self.copy.services}
        return doors.ports(kept, exposed(engine, self.images.names))

    def questions(self, ports: Mapping[str, int]) -> tuple[Question, ...]:
        """Derive the functional probes, without what the platform as it is does not answer."""
        services = self.copy.definition.get("services", {})
        edges = [(n, d) for n in services for d in services[n].get("depends_on", {})]
        named = {n: {**services[n], "image": self._image(n)} for n in services}
        hints = (
            *of_services(self.model["services"], ports),
            *of_mounts(self.model, self.source, self.request.root),
            *self.hints,
        )
        found = questions(named, ports, edges, self.request.settings.probes, hints)
        return tuple(each for each in found if each.name not in self.unheard)

    def _image(self, service: str) -> str:
        """Give the name by which people know it; ours says where it was built."""
        return str(self.model["services"][service].get("image") or self.images.names[service])

    def wanted_images(self) -> Images:
        """Give what must be built and pulled for the services that are in the copy."""
        kept = set(self.copy.services)
        builds = {k: v for k, v in self.images.builds.items() if k in kept}
        pulls = {k: v for k, v in self.images.pulls.items() if k in kept}
        return replace(self.images, builds=builds, pulls=pulls)

    def without(self, lacking: Mapping[str, str]) -> Ready:
        """Leave out services whose image could not be had."""
        request = replace(self.request, lacking={**self.request.lacking, **lacking})
        return replace(self, request=request, copy=copy_of(self.model, request))


def project_of(platform: str) -> str:
    """Name the one copy that this stack may have of a platform."""
    return f"cmi-{platform[:_SHOWN]}-{mark()}"


def platform_in(project: str) -> str:
    """Give what the name of a copy tells of its platform's identity: how it begins."""
    return project.removeprefix("cmi-")[:_SHOWN]


def mark() -> str:
    """Tell this stack's copies from those of another stack on the same engine."""
    return hashlib.sha256(str(state_folder()).encode()).hexdigest()[:_MARK]


def prepare(engine: Engine, place: str, entry: str, run: str, platform: str) -> Ready:
    """Read a platform and make the definition of its copy; nothing is built or started.

    Raises:
        NoCopyError: it is no Compose project.
        ToolError: Docker Compose refuses it, or the settings are wrong.
    """
    root = Path(place)
    source = read_source([root]) if root.is_dir() else None
    chosen = choose(discover(source), entry) if source else None
    if source is None or chosen is None or chosen.kind is not EntryKind.COMPOSE:
        what = f"A copy can be made of a folder with a Compose project, and {entry} is none."
        raise NoCopyError(what, "Choose a Compose entry with --entry; `cmi intake` lists them.")
    settings, _ = settings_beside([root])
    project = project_of(platform)
    request = Request(
        project,
        run,
        platform,
        str(root),
        str(state_folder() / "copies" / project),
        os.urandom(32),
        settings,
        min(_MOST, int(memory().free * _SHARE)),
        float(os.cpu_count() or 1),
    )
    ready = _ready(engine, source, chosen, request)
    return replace(ready, hints=of_manifests(source, ready.copy.services))


def varied(engine: Engine, ready: Ready, source: Source, root: str, folder: str = "") -> Ready:
    """Give the copy of the same platform as ``source`` has it, whose files are below ``root``.

    Names, stand-ins and the memory of a service without a limit stay, so that the two copies
    differ in nothing but what was changed; and where their files lie, if ``folder`` says so.

    Raises:
        ToolError: Docker Compose refuses it.
    """
    at = folder or ready.request.folder
    request = replace(ready.request, root=root, folder=at, images={}, lacking={})
    # Each question to a busy engine takes a tenth of a second: what is known is not asked.
    made = _ready(engine, source, ready.entry, request, ready.there)
    return replace(made, hints=ready.hints, unheard=ready.unheard)


def _ready(
    engine: Engine, source: Source, entry: Entry, request: Request, known: frozenset[str] = _NONE
) -> Ready:
    settings, root = request.settings, request.root
    model = compose.project(source, entry, root, settings.profiles)
    services = model.get("services") or {}

    def there(name: str) -> bool:
        return name in known or bool(engine.client.images(name))

    images = plan(services, source, root, settings, there)
    whole = replace(request, images=images.names, lacking=images.lacking)
    return Ready(source, entry, model, whole, images, copy_of(model, whole))
