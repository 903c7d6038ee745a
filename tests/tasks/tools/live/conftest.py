"""A platform of two services that starts in a second, from an image of one program."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.runs import Run
from tasks.tools.command import base_environment, find_program, run
from tasks.tools.engine import Engine, connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.live import objects
from tasks.tools.live.copying import prepare, project_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.tools.live.copying import Ready

IMAGE = "base.local/cmi-test-busybox:1"
APPLETS = ("sh", "grep", "sleep", "nc", "httpd", "wget", "cat", "touch", "ls")
PLATFORM = "0123456789abcdef"
MINUTE = timedelta(minutes=1)
COMPOSE = f"""
services:
  store:
    image: {IMAGE}
    command: [httpd, -f, -p, "8000", -h, /www]
    environment: {{STORE_PASSWORD: teapot-and-tray}}
    volumes: ["./www:/www:ro", "kept-data:/data"]
    healthcheck: {{test: [CMD, wget, -qO-, "http://127.0.0.1:8000/index.html"], interval: 1s}}
  web:
    image: {IMAGE}
    command: [httpd, -f, -p, "80", -h, /]
    environment: {{STORE: "http://user:teapot-and-tray@store:8000"}}
    ports: ["18080:80"]
    depends_on: {{store: {{condition: service_healthy}}}}
volumes: {{kept-data: {{}}}}
"""


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """Talk to an engine; skip with the reason where none answers or we cannot look inside."""
    if os.geteuid() != 0:
        pytest.skip("the networks of containers are entered as root only")
    try:
        with connected() as found:
            yield found
    except ToolError as error:
        pytest.skip(f"{error} As root: `cmi doctor --install-engine`.")


@pytest.fixture(scope="session")
def tiny(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make an image of one static program; Debian's own package brings it."""
    import_image(engine, tmp_path_factory.mktemp("busybox"))
    return IMAGE


def import_image(engine: Engine, folder: Path) -> None:
    """Give the engine the image, unless it has it; ``folder`` is for what is fetched."""
    if engine.client.images(IMAGE):
        return
    program = _busybox(folder)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(program, "bin/busybox")
        for applet in APPLETS:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    name, _, tag = IMAGE.partition(":")
    engine.client.import_image_from_data(archive.getvalue(), repository=name, tag=tag)


def _busybox(folder: Path) -> Path:
    if found := shutil.which("busybox"):
        return Path(found)
    if find_program("apt-get") is None:
        pytest.skip("busybox is not here, and no apt-get to fetch it")
    words = ("apt-get", "download", "busybox-static")
    try:
        run(*words, timeout=MINUTE, cwd=folder, env=base_environment())
    except ToolError as error:
        pytest.skip(f"busybox cannot be fetched: {error}")
    (package,) = folder.glob("*.deb")
    run("dpkg", "-x", str(package), str(folder / "root"), timeout=MINUTE)
    return next(folder.glob("root/**/bin/busybox"))


@pytest.fixture
def platform(tiny: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the platform, with a state folder of its own, so that no other copy is meant."""
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    folder = tmp_path / "platform"
    (folder / "www").mkdir(parents=True)
    (folder / "www/index.html").write_text("password: teapot-and-tray\n")
    (folder / "compose.yaml").write_text(COMPOSE)
    return folder


@pytest.fixture
def ready(engine: Engine, platform: Path) -> Iterator[Ready]:
    """Prepare the copy of the platform, and see that nothing of it stays."""
    yield prepare(engine, str(platform), "compose.yaml", "run-1", PLATFORM)
    objects.remove(engine, project_of(PLATFORM))


@pytest.fixture(name="run")
def a_run(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Own a platform of the ledger, as a programme does while it works."""
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    lease = Lease.take(Ledger(ledger_url), uuid.uuid4().hex[:16], uuid.uuid4().hex)
    yield Run(lease.run, lease.platform, lease.epoch, "night")
    lease.release()
