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


@pytest.mark.parametrize(
    ("with_services", "ends"),
    [
        pytest.param("assert True", (0, "12 passed, 0 failed, 1 skipped"), id="all is well"),
        pytest.param("assert False", (1, "11 passed, 1 failed, 1 skipped"), id="one part fails"),
    ],
)
def test_every_part_runs_once_and_the_last_line_counts_them_together(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    with_services: str,
    ends: tuple[int, str],
) -> None:
    markers = "stack: s\n  browser: b\n  quiet: q"
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nmarkers =\n  {markers}\n")
    stack, plain = "import pytest\n@pytest.mark.stack\n", ""
    for name, mark in (
        ("stack/test_kill.py", stack),
        ("stack/test_phases.py", stack),
        ("stack/test_ui.py", stack.replace("stack", "browser")),
        ("tasks/domain/reporting/test_report_page.py", stack.replace("stack", "browser")),
        ("deployments/test_starts.py", stack),
        ("deployments/test_plain.py", plain),
        ("flows/test_programme.py", plain),
        ("robustness/test_rows.py", plain),
    ):
        file = tmp_path / "tests" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{mark}def test_one():\n    pass\n")
    (tmp_path / "tests/test_parts.py").write_text(
        "import pytest\n"
        "@pytest.mark.quiet\ndef test_measure():\n    pass\n"
        f"@pytest.mark.stack\ndef test_with_services():\n    {with_services}\n"
        "def test_one():\n    pass\n"
        "def test_two():\n    pass\n"
        "def test_left_out():\n    pytest.skip('not here')\n"
    )
    monkeypatch.setattr(proof, "_check_seconds", lambda layout: 0.0)

    code = proof.prove(Layout(tmp_path, tmp_path / "state"), [])

    out, _ = capfd.readouterr()
    assert (code, out.strip().splitlines()[-1]) == ends


def test_a_part_that_was_ended_before_it_could_report_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert proof._total([tmp_path / "empty"]) == "0 passed, 1 failed, 0 skipped"  # noqa: SLF001  # what stays of a killed part
