from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.settings import Settings
from tasks.tools.live.images import exposed, plan, provide
from tasks.tools.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.engine import Engine

BUILD = Settings(permissions={"build": ("*",)})
PULL = Settings(permissions={"pull": ("*",)})


def planned(root: Path, service: dict[str, Any], settings: Settings, *there: str) -> Any:
    return plan({"web": service}, read_source([root]), str(root), settings, set(there).__contains__)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/Dockerfile").write_text("FROM scratch\nCOPY a /a\n")
    (tmp_path / "web/a").write_text("1")
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    return tmp_path


def test_building_and_pulling_need_their_permissions(root: Path) -> None:
    built, pulled = {"build": {"context": f"{root}/web"}}, {"image": "nginx:1"}

    assert "does not permit build" in planned(root, built, PULL).lacking["web"]
    assert list(planned(root, built, BUILD).builds) == ["web"]
    assert "does not permit pull" in planned(root, pulled, BUILD).lacking["web"]
    assert planned(root, pulled, PULL).pulls == {"web": "nginx:1"}
    assert planned(root, pulled, Settings(), "nginx:1").names == {"web": "nginx:1"}


def test_an_image_is_named_by_what_it_is_built_from(root: Path) -> None:
    built = {"image": "users/own", "build": {"context": f"{root}/web"}}
    first = planned(root, built, BUILD).names["web"]
    (root / "web/a").write_text("2")
    second = planned(root, built, BUILD).names["web"]

    assert first != second
    assert first.startswith("cmi.local/web:")
    assert planned(root, built, BUILD, second).builds == {}


def test_an_image_of_what_cannot_be_read_is_not_taken_for_known(root: Path) -> None:
    """Nobody would notice that such a file changed, and an old image would be measured."""
    built = {"image": "users/own", "build": {"context": f"{root}/web"}}
    known = planned(root, built, BUILD).names["web"]
    with (root / "web/model.bin").open("wb") as file:
        file.truncate(200 << 20)

    made = planned(root, built, BUILD, known)

    assert "web/model.bin, which is too large" in made.lacking["web"]
    assert made.builds == {}


def test_without_the_permission_an_image_that_the_user_built_serves(root: Path) -> None:
    built = {"image": "users/own", "build": {"context": f"{root}/web"}}

    assert planned(root, built, Settings(), "users/own").names == {"web": "users/own"}
    assert planned(root, built, Settings(), "users/own").lacking == {}


@pytest.mark.parametrize(
    "build",
    [
        {"context": "https://git.example/x.git"},
        {"context": "/etc"},
        {"context": "ROOT/web", "ssh": ["default"]},
        {"context": "ROOT/web", "secrets": [{"source": "s"}]},
    ],
    ids=str,
)
def test_a_build_stays_in_the_platforms_folder(root: Path, build: dict[str, Any]) -> None:
    written = {**build, "context": build["context"].replace("ROOT", str(root))}

    assert set(planned(root, {"build": written}, BUILD).lacking) == {"web"}


@pytest.mark.engine
def test_what_is_planned_is_built_once_and_what_fails_is_named(
    engine: Engine, tiny: str, tmp_path: Path
) -> None:
    for name, text in (("good", "EXPOSE 81/tcp 53/udp\n"), ("bad", "RUN exit 7\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text(f"FROM {tiny}\n{text}")
    source = read_source([tmp_path])
    services = {n: {"build": {"context": f"{tmp_path}/{n}"}} for n in ("good", "bad")}

    def there(name: str) -> bool:
        return bool(engine.client.images(name))

    images = plan(services, source, str(tmp_path), BUILD, there)
    failed = provide(engine, images, source, "p1")
    try:
        assert set(failed) == {"bad"}
        assert "could not be built" in failed["bad"]
        assert exposed(engine, {"good": images.names["good"]}) == {"good": [81]}
        again = plan(services, source, str(tmp_path), BUILD, there)
        assert set(again.builds) == {"bad"}
    finally:
        engine.client.remove_image(images.names["good"], force=True)
