"""What runs on an engine, as a source: asked for, never changed.

Each project of Docker Compose is an entry; containers of no project are one together.
Values of the environment come over as they are, and the readers drop them at the door like
those of a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tasks.domain.platform.live.containers import LABEL, LOOSE, Engine
from tasks.domain.platform.live.projects import write
from tasks.domain.platform.sources import Source
from tasks.tools.engine import EngineUnreachableError, connected
from tasks.tools.sources import SourceError

if TYPE_CHECKING:
    from docker import APIClient

    from tasks.domain.platform.live.settings import Facts
    from tasks.domain.platform.locations import Location

MOST = 5000  # containers


def read_engine(location: Location) -> Source:
    """Ask the engine that the user means for its containers, or those of one project.

    Raises:
        EngineUnreachableError: nobody answers, or no longer.
        EngineRefusedError: it refuses us.
        SourceError: nothing runs there, or not that project.
    """
    from docker.errors import DockerException  # noqa: PLC0415  # takes a while to load
    from requests.exceptions import RequestException  # noqa: PLC0415

    with connected() as engine:
        try:
            found = _asked(engine.client, location.address)
        except (DockerException, RequestException) as error:
            what = "The Docker engine went away while it was asked."
            remedy = "Start the engine, then give the same command again."
            raise EngineUnreachableError(what, remedy) from error
    written = write(found, location.address)
    if not written.entries:
        what = f"Nothing of {location.text} runs on the engine."
        remedy = "`docker compose ls` lists the projects; `cmi intake docker://` all that runs."
        raise SourceError(what, remedy, Exit.NO_PLATFORM)
    return Source(
        location.text,
        written.files,
        tuple(written.files),
        place=location.text,
        not_assessed=written.not_assessed,
        entries=written.entries,
        live=True,
    )


def _asked(client: APIClient, project: str) -> Engine:
    only = [f"{LABEL}project={project}"] if project not in ("", LOOSE) else []
    listed = client.containers(all=True, filters={"label": only})
    if len(listed) > MOST:
        what = f"The engine has more than {MOST} containers."
        raise SourceError(what, "Name one project: docker://PROJECT.", Exit.USAGE)
    containers = [facts for each in listed if (facts := _inspected(client, each["Id"]))]
    images = {str(each.get("Image")) for each in containers}
    return Engine(
        tuple(containers),
        {each: _image(client, each) for each in sorted(images)},
        {each["Name"]: each for each in client.networks()},
        {each["Name"]: each for each in client.volumes().get("Volumes") or []},
        str(client.info().get("LoggingDriver") or "json-file"),
    )


def _inspected(client: APIClient, name: str) -> Facts | None:
    from docker.errors import NotFound  # noqa: PLC0415  # as above

    try:
        facts: Facts = client.inspect_container(name)
    except NotFound:  # it ended while we asked
        return None
    return facts


def _image(client: APIClient, name: str) -> Facts:
    from docker.errors import NotFound  # noqa: PLC0415  # as above

    try:
        facts: Facts = client.inspect_image(name)
    except NotFound:  # removed by force below its container
        return {}
    return facts
