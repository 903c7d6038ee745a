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
