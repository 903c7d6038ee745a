import pytest

from deployments.cli.main import call


def test_a_dry_run_prints_the_unit_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["service", "install", "--user", "--dry-run"]) == 0

    out, err = capsys.readouterr()
    assert "WantedBy=default.target" in out
    assert "Would be written to" in err


def test_system_and_user_differ_in_their_target(capsys: pytest.CaptureFixture[str]) -> None:
    call(["service", "install", "--system", "--dry-run"])

    assert "WantedBy=multi-user.target" in capsys.readouterr().out
