import os

import pytest

from deployments.cli.main import call
from tasks.domain.exits import Exit


@pytest.mark.parametrize("option", ["--install-engine", "--stop-engine"])
def test_who_is_not_root_gets_one_sentence_with_the_remedy(
    option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("tasks.tools.installed.engine.Installed.process", lambda self: None)

    code = call(["doctor", option, "--yes", "--lang", "en"])

    said = capsys.readouterr()
    assert code != Exit.DONE
    assert said.out == ""
    assert said.err.strip().splitlines()[-1].endswith("set DOCKER_HOST to an engine.")


def test_without_consent_nothing_is_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tasks.tools.installed.engine.Installed.process", lambda self: None)
    monkeypatch.setattr("tasks.tools.installed.engine.install", pytest.fail)

    assert call(["doctor", "--install-engine"]) == Exit.USAGE
    assert "--yes" in capsys.readouterr().err
