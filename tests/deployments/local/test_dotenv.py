import os
from pathlib import Path

import pytest

from deployments.local import dotenv


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".env.template").write_text("NAME=x\nTOKEN=\n")
    return tmp_path


def test_settings_are_written_for_their_owner_only(checkout: Path) -> None:
    assert dotenv.ensure(checkout)
    assert (checkout / ".env").stat().st_mode & 0o777 == 0o600


def test_the_users_settings_are_never_overwritten_nor_removed(checkout: Path) -> None:
    (checkout / ".env").write_text("TOKEN=mine\n")

    assert not dotenv.ensure(checkout)
    assert not dotenv.remove(checkout)
    assert (checkout / ".env").read_text() == "TOKEN=mine\n"


def test_untouched_settings_go_with_the_state(checkout: Path) -> None:
    dotenv.ensure(checkout)

    assert dotenv.remove(checkout)
    assert not (checkout / ".env").exists()
    assert dotenv.remove(checkout)


def test_settings_are_read_as_shells_write_them_and_empty_ones_are_unset(checkout: Path) -> None:
    assert dotenv.read(checkout) == {}
    (checkout / ".env").write_text("# NAME=no\nA=1\nexport B = 'two words'\nC=\nD=\"x=y\"\nnoise\n")

    assert dotenv.read(checkout) == {"A": "1", "B": "two words", "D": "x=y"}


def test_programs_find_the_cluster_of_the_settings_unless_the_shell_names_one(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".env").write_text("KUBE_CONFIG=~/ours\n")
    monkeypatch.setenv("HOME", str(checkout))
    monkeypatch.setenv("KUBECONFIG", "theirs")
    dotenv.point_to_cluster(checkout)
    assert os.environ["KUBECONFIG"] == "theirs"
    monkeypatch.setenv("KUBECONFIG", "")

    dotenv.point_to_cluster(checkout)

    assert os.environ["KUBECONFIG"] == str(checkout / "ours")


def test_the_template_says_of_every_variable_what_uses_it() -> None:
    lines = (Path(__file__).resolve().parents[3] / ".env.template").read_text().splitlines()

    named = [line.partition("=")[0] for line in lines if not line.startswith("#")]
    assert named == [
        "PROJECT_NAME",
        "PROJECT_VERSION",
        "DOCKER_REGISTRY",
        "GITHUB_TOKEN",
        "KUBE_CONFIG",
    ]
    assert sum("nothing reads" in line for line in lines) == 3
    assert any("`cmi doctor`" in line for line in lines)
