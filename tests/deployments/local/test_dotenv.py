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


def test_what_the_user_filled_in_is_read_and_the_rest_passed_over(tmp_path: Path) -> None:
    assert dotenv.read(tmp_path) == {}

    (tmp_path / ".env").write_text(
        '# A=1\nEMPTY=\nKUBE_CONFIG="/srv/kube config"\nnothing\nB = 2\n'
    )

    assert dotenv.read(tmp_path) == {"KUBE_CONFIG": "/srv/kube config", "B": "2"}
