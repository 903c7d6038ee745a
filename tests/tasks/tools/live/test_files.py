from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tasks.domain.settings import Settings
from tasks.domain.verification.copies import Copy, copy_of
from tasks.domain.verification.copy_request import Request
from tasks.tools.errors import PermanentToolError
from tasks.tools.live.files import definition, place

PASSWORD = "teapot-and-tray"  # noqa: S105  # of nobody


def request(tmp_path: Path, **more: Any) -> Request:
    root, folder = tmp_path / "platform", tmp_path / "copy"
    root.mkdir(exist_ok=True)
    return Request("cmi-x", "r", "p", str(root), str(folder), b"seed", **more)


def copy(asked: Request, *sources: str, **model: Any) -> Copy:
    mounts = [{"type": "bind", "source": f"{asked.root}/{s}", "target": f"/{s}"} for s in sources]
    web = {"image": "x", "volumes": mounts, "environment": {"DB_PASSWORD": PASSWORD}}
    return copy_of({"services": {"web": web}, **model}, asked)


def test_files_are_copied_with_their_modes_and_without_the_users_secrets(tmp_path: Path) -> None:
    asked = request(tmp_path)
    script = Path(asked.root, "run.sh")
    script.write_text(f"serve --password {PASSWORD}\n")
    script.chmod(0o755)
    made = copy(asked, "run.sh")

    place(made, asked)

    copied = Path(asked.folder, "binds/run.sh")
    assert PASSWORD not in copied.read_text()
    assert made.secrets.exact[PASSWORD] in copied.read_text()
    assert stat.S_IMODE(copied.stat().st_mode) == 0o755
    assert PASSWORD in script.read_text()


def test_a_link_that_leaves_the_platform_is_not_followed(tmp_path: Path) -> None:
    asked = request(tmp_path)
    (tmp_path / "outside.txt").write_text("secret of the host")
    Path(asked.root, "conf").mkdir()
    Path(asked.root, "conf/link").symlink_to(tmp_path / "outside.txt")
    Path(asked.root, "direct").symlink_to(tmp_path / "outside.txt")

    place(copy(asked, "conf"), asked)
    assert Path(asked.folder, "binds/conf/link").is_symlink()

    with pytest.raises(PermanentToolError, match="not in the platform's folder"):
        place(copy(asked, "direct"), asked)


def test_a_secrets_file_gets_another_secret_of_the_same_shape(tmp_path: Path) -> None:
    asked = request(tmp_path)
    Path(asked.root, "s.txt").write_text("Abc-123\n")
    defined = {"s": {"file": f"{asked.root}/s.txt"}}

    place(copy(asked, secrets=defined), asked)
    found = Path(asked.folder, "secrets/s").read_text()
    assert found != "Abc-123\n"
    assert (len(found), found[-1], found[3]) == (8, "\n", "-")

    original = request(tmp_path, settings=Settings(secrets="original"))
    place(copy(original, secrets=defined), original)
    assert Path(asked.folder, "secrets/s").read_text() == "Abc-123\n"


def test_the_definition_is_ours_alone_in_memory_and_gone_afterwards(tmp_path: Path) -> None:
    made = copy(request(tmp_path))

    with definition(made) as file:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert json.loads(file.read_text()) == made.definition
    assert not file.parent.exists()
