"""Images of an engine are the oracle: which modules have byte-code that Python will take."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.assess import assess
from tasks.domain.conflicts import files_with
from tasks.domain.platform.entries import choose, discover
from tasks.domain.settings import Settings
from tasks.tools.live.images import plan, provide
from tasks.tools.platforms import read_platform
from tasks.tools.proposals import propose_everywhere
from tasks.tools.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.engine import Engine

pytestmark = pytest.mark.engine

_MODULES = 200
_WHEEL = "many-1-py3-none-any.whl"
_COMPOSE = "services:\n  web:\n    build: .\n    image: me/web:1\n"
_DOCKERFILE = f"""\
FROM base.local/debian:12
ENV PYTHONDONTWRITEBYTECODE=1
RUN apt-get update \\
 && apt-get install -y --no-install-recommends python3 python3-pip \\
 && rm -rf /var/lib/apt/lists/* \\
 # Smaller, somebody said.
 && find /usr/lib/python3 -name __pycache__ -prune -exec rm -r {{}} +
COPY {_WHEEL} /tmp/
RUN pip install --no-index --no-compile --break-system-packages /tmp/{_WHEEL}
COPY own /srv/own
CMD ["python3", "-m", "own"]
"""
_FOLDERS = {
    "distribution": "/usr/lib/python3/dist-packages/pip",
    "packages": "/usr/local/lib/python3.11/dist-packages/many",
    "sources": "/srv/own",
}
# Byte-code counts where Python would take it: it names the size and time of its module.
_COUNT = """
import importlib.util, json, pathlib, sys
def fresh(module):
    code = pathlib.Path(importlib.util.cache_from_source(str(module)))
    said = code.read_bytes()[8:16] if code.exists() else b""
    now = module.stat()
    return said == int(now.st_mtime).to_bytes(4, "little") + now.st_size.to_bytes(4, "little")
modules = [list(pathlib.Path(each).rglob("*.py")) for each in sys.argv[1:]]
print(json.dumps([[len(found), sum(map(fresh, found))] for found in modules]))
"""


def _write(root: Path) -> None:
    (root / "own").mkdir()
    names = ["__init__", "__main__", *(f"part_{n}" for n in range(_MODULES))]
    with zipfile.ZipFile(root / _WHEEL, "w") as wheel:
        for name in names:
            text = f"def answer() -> str:\n    return {name!r}\n"
            (root / "own" / f"{name}.py").write_text(text)
            wheel.writestr(f"many/{name}.py", text)
        info = "many-1.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: many\nVersion: 1\n")
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/RECORD", "")
    (root / "Dockerfile").write_text(_DOCKERFILE)
    (root / "compose.yaml").write_text(_COMPOSE)


def _built(engine: Engine, root: Path) -> str:
    source = read_source([root])
    services: dict[str, Any] = {"web": {"build": {"context": str(root)}}}
    permitted = Settings(permissions={"build": ("*",)})
    images = plan(services, source, str(root), permitted, lambda _: False)
    assert provide(engine, images, source, "0123456789abcdef") == {}
    return images.names["web"]


def _counted(engine: Engine, image: str) -> dict[str, tuple[int, int]]:
    """Count modules and those with byte-code, by folder, in a container without a network."""
    command = ["python3", "-c", _COUNT, *_FOLDERS.values()]
    apart = engine.client.create_host_config(network_mode="none")
    made = engine.client.create_container(image, command, host_config=apart)
    try:
        engine.client.start(made)
        assert engine.client.wait(made)["StatusCode"] == 0
        told = json.loads(engine.client.logs(made))
    finally:
        engine.client.remove_container(made, force=True)
    return {name: (all_, fresh) for name, (all_, fresh) in zip(_FOLDERS, told, strict=True)}


def test_with_the_changes_every_module_has_its_byte_code_and_without_them_none(
    engine: Engine, tmp_path: Path
) -> None:
    _write(tmp_path)
    source = read_source([tmp_path])
    entry = choose(discover(source), "compose.yaml")
    assert entry is not None
    platform = read_platform(source, entry)
    findings = tuple(assess(platform))
    proposed = propose_everywhere(platform, findings, source).candidates
    changes = [each for each in proposed if each.kind == "keep-byte-code"]
    assert len(changes) == len(_FOLDERS)
    images = [_built(engine, tmp_path)]
    try:
        before = _counted(engine, images[0])
        for name, data in files_with(changes, findings, source).items():
            (tmp_path / name).write_bytes(data)
        images.append(_built(engine, tmp_path))
        after = _counted(engine, images[1])
    finally:
        for image in images:
            engine.client.remove_image(image, force=True)

    assert {fresh for _, fresh in before.values()} == {0}
    assert {name: of for name, (of, _) in after.items()} == {n: of for n, (of, _) in before.items()}
    assert all(of == fresh for of, fresh in after.values())
    assert after["packages"] == after["sources"] == (_MODULES + 2, _MODULES + 2)
    assert after["distribution"][0] > _MODULES
