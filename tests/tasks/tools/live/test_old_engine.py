"""The engine of Debian 12: what it does not know is dropped without a word, so we must know it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.tools.command import find_program
from tasks.tools.engine import Address, connected
from tasks.tools.errors import ToolError
from tasks.tools.installed import packages
from tasks.tools.installed.engine import Installed, remove, start
from tasks.tools.live.copying import prepare
from tasks.tools.live.stack import START_INTERVAL_API
from tasks.tools.live.standing import Standing
from tests.tasks.tools.live.conftest import COMPOSE, PLATFORM, import_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.tools.engine import Engine

pytestmark = pytest.mark.engine
RELEASE = "bookworm"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Unpack and start the engine of Debian 12, and remove it whole."""
    here = packages.codename(Path("/etc/os-release").read_text(encoding="utf-8"))
    if os.geteuid() != 0 or here != RELEASE or find_program("nsenter") is None:
        pytest.skip("the old engine is unpacked and started by root on Debian 12 only")
    # Sockets below it have names of their own: a long folder would leave no room for them.
    installed = Installed(Path(tempfile.mkdtemp(prefix="cmi-", dir="/var/tmp")))
    try:
        packages.unpack(installed.folder, RELEASE, packages.mirror(RELEASE), RELEASE)
    except ToolError as error:
        remove(installed)
        pytest.skip(f"the old engine cannot be fetched: {error}")
    try:
        start(installed)
        with connected(Address(installed.url, "this test")) as found:
            import_image(found, tmp_path_factory.mktemp("busybox"))
            yield found
    finally:
        remove(installed)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a platform that asks to be looked at often while it starts."""
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    folder = tmp_path / "platform"
    (folder / "www").mkdir(parents=True)
    (folder / "www/index.html").write_text("password: teapot-and-tray\n")
    asked = COMPOSE.replace("interval: 1s", "interval: 1s, start_interval: 500ms, start_period: 9s")
    assert asked != COMPOSE
    (folder / "compose.yaml").write_text(asked)
    return folder


def test_its_own_version_of_the_api_is_spoken(old: Engine) -> None:
    assert old.version.startswith("20.10.")
    assert old.api == (1, 41)
    assert not old.serves(START_INTERVAL_API)


def test_a_copy_comes_up_on_it_and_leaves_nothing(old: Engine, place: Path) -> None:
    standing = Standing(old, prepare(old, str(place), "compose.yaml", "run-1", PLATFORM))
    standing.apply()
    try:
        assert standing.up is not None
        assert standing.up.failed == {}
        assert [a for a in standing.answers() if not a.passed] == []
        # The reason for which changes of this field are not offered here.
        (store,) = old.client.containers(filters={"name": "store"})
        health = old.client.inspect_container(store["Id"])["Config"]["Healthcheck"]
        assert health["Interval"] == 1_000_000_000
        assert not health.get("StartInterval")
    finally:
        standing.undo()
    assert standing.observe() == {"containers": 0, "networks": 0, "volumes": 0}
