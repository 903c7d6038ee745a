from pathlib import Path

import pytest

from deployments.local import sample
from deployments.local.layout import Layout
from deployments.local.stack import Stack

STACK = Stack("http://127.0.0.1:4201/api", "cmi:hush", "")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "checkout", tmp_path / "state")
    (layout.checkout / sample.PLATFORM).mkdir(parents=True)
    (layout.checkout / sample.PLATFORM / "compose.yaml").write_text("services: {}\n")
    layout.prepare()
    return layout


@pytest.fixture
def runs(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand in for `cmi run`, which has tests of its own: it names a report and is counted."""
    counted: list[str] = []

    def run(stack: Stack, layout: Layout, platform: Path) -> tuple[int, str]:
        counted.append(str(platform))
        report = layout.bundles / "report.en.html"
        report.write_text("")
        return 0, f"report: {report}\n"

    monkeypatch.setattr(sample, "_run", run)
    return counted


def test_the_answer_is_shown_again_while_nothing_changed(
    layout: Layout, runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    sample.improve(STACK, layout)
    first = capsys.readouterr().out
    sample.improve(STACK, layout)

    assert capsys.readouterr().out == first
    assert len(runs) == 1


def test_a_changed_platform_or_a_lost_report_is_a_new_run(layout: Layout, runs: list[str]) -> None:
    sample.improve(STACK, layout)
    (layout.checkout / sample.PLATFORM / "compose.yaml").write_text("services: {a: {}}\n")
    sample.improve(STACK, layout)
    (layout.bundles / "report.en.html").unlink()
    sample.improve(STACK, layout)

    assert len(runs) == 3


def test_address_report_and_three_commands_are_shown_and_the_secret_is_not(
    layout: Layout, runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert sample.improve(STACK, layout) == 0

    out = capsys.readouterr().out
    assert STACK.ui_url in out
    assert "report.en.html" in out
    assert out.rpartition("Next:")[2].count("./start-project.sh") == 3
    assert "hush" not in out


def test_a_failed_run_is_tried_again_next_time(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = iter([70, 0])
    monkeypatch.setattr(sample, "_run", lambda *_: (next(codes), ""))

    assert [sample.improve(STACK, layout) for _ in range(3)] == [70, 0, 0]
