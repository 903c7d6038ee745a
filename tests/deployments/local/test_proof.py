from pathlib import Path

import pytest

from deployments.local import proof
from deployments.local.layout import Layout

CHECKOUT = Path(__file__).resolve().parents[3]


def test_the_proof_runs_apart_from_the_users_stack_and_ends_with_pytests_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    probe = tmp_path / "test_probe.py"
    probe.write_text(
        "import os\n"
        "def test_apart():\n"
        "    assert 'PREFECT_API_URL' not in os.environ\n"
        f"    assert not os.environ['CMI_STATE'].startswith({str(CHECKOUT)!r})\n"
    )

    code = proof.prove(Layout.find(), ["-q", str(probe), "--rootdir", str(tmp_path)])

    out, err = capfd.readouterr()
    assert code == 0, out
    assert "1 passed" in out.strip().splitlines()[-1]
    assert "cmi check examples/shop answers in" in err
