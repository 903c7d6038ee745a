import subprocess
import sys
from pathlib import Path

import pytest

from deployments.local.__main__ import main

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("word", ["help", "--help", "-h"])
def test_help_in_its_usual_spellings(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([word]) == 0
    assert "cleanup --all" in capsys.readouterr().out


def test_any_other_word_goes_to_cmi(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "bundle"]) == 0
    assert '"$schema"' in capsys.readouterr().out


def test_help_and_cleanup_work_on_bare_python(tmp_path: Path) -> None:
    for verb in (["help"], ["cleanup"], ["cleanup", "--all"]):
        done = subprocess.run(
            [sys.executable, "-S", "-m", "deployments.local", *verb],
            cwd=CHECKOUT,
            env={"CMI_STATE": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), verb
