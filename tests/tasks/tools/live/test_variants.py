from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.settings import Settings
from tasks.tools.errors import PermanentToolError
from tasks.tools.live import variants
from tasks.tools.live.copying import prepare
from tasks.tools.live.variants import OtherPlatformError, changed, reach

if TYPE_CHECKING:
    from tasks.tools.live.copying import Ready

# An engine that has every image but those that were built.
NOBODY: Any = type(
    "E",
    (),
    {
        "client": type(
            "C", (), {"images": lambda self, name: [] if "cmi.local" in name else [name]}
        )()
    },
)()
COMPOSE = """
services:
  db: {image: "postgres:16", environment: {POSTGRES_PASSWORD: teapot-and-tray}}
  web:
    image: own/web
    volumes: ["./www:/www:ro"]
    depends_on: [db]
  logs: {image: own/logs}
"""


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ready:
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    folder = tmp_path / "platform"
    (folder / "www").mkdir(parents=True)
    (folder / "www/index.html").write_text("hello")
    (folder / "compose.yaml").write_text(COMPOSE)
    return prepare(NOBODY, str(folder), "compose.yaml", "run-1", "p" * 16)


def edited(ready: Ready, old: str, new: str) -> dict[str, bytes]:
    return {"compose.yaml": ready.source.files["compose.yaml"].replace(old.encode(), new.encode())}


def test_a_change_reaches_the_services_that_become_other_ones(prepared: Ready) -> None:
    limited = edited(prepared, "{image: own/logs}", "{image: own/logs, read_only: true}")

    assert reach(NOBODY, prepared, limited).services == {"logs"}
    assert reach(NOBODY, prepared, {"www/index.html": b"bye"}).services == {"web"}


def test_what_the_copy_leaves_out_is_not_reached(prepared: Ready) -> None:
    published = edited(prepared, "{image: own/logs}", '{image: own/logs, ports: ["1:1"]}')

    assert reach(NOBODY, prepared, {"README.md": b"new"}).services == frozenset()
    assert reach(NOBODY, prepared, published).services == frozenset()


def test_an_image_that_would_have_to_be_built_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (folder / "compose.yaml").write_text("services: {web: {build: .}}\n")
    (folder / "cmi.yaml").write_text("version: 1\npermissions: {build: true}\n")
    ready = prepare(NOBODY, str(folder), "compose.yaml", "run-1", "p" * 16)

    found = reach(NOBODY, ready, {"Dockerfile": b"FROM scratch\nLABEL a=b\n"})

    assert found.services == {"web"}
    assert found.builds
    assert ready.request.settings == Settings(permissions={"build": ("*",)})


def test_the_changed_copy_has_the_changed_files_and_the_same_stand_ins(prepared: Ready) -> None:
    with changed(NOBODY, prepared, {"www/index.html": b"bye"}) as made:
        (mount,) = made.copy.definition["services"]["web"]["volumes"]
        root = Path(made.request.root)
        secret = made.copy.definition["services"]["db"]["environment"]["POSTGRES_PASSWORD"]

        assert (root / "www/index.html").read_bytes() == b"bye"
        assert mount["source"].startswith(f"{prepared.request.folder}-changed")
        assert (
            secret == prepared.copy.definition["services"]["db"]["environment"]["POSTGRES_PASSWORD"]
        )
    assert not root.exists()
    original = Path(prepared.request.root, "www/index.html")
    assert original.read_text() == "hello"


def test_a_service_that_is_lost_by_the_change_ends_the_comparison(prepared: Ready) -> None:
    forbidden = edited(prepared, "{image: own/logs}", "{image: own/logs, privileged: true}")

    with pytest.raises(OtherPlatformError, match="logs"), changed(NOBODY, prepared, forbidden):
        pass


def test_a_file_outside_is_never_written(prepared: Ready) -> None:
    with (
        pytest.raises(PermanentToolError, match="leaves the source"),
        changed(NOBODY, prepared, {"../escape": b"x"}),
    ):
        pass


def test_a_platform_without_end_is_refused(
    prepared: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "MOST_BYTES", 3)

    with pytest.raises(PermanentToolError, match="too large"), changed(NOBODY, prepared, {}):
        pass
