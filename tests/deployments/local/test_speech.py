import pytest

from deployments.local.speech import answer, say


def test_results_and_talk_do_not_mix(capsys: pytest.CaptureFixture[str]) -> None:
    say("working")
    answer("result")

    assert capsys.readouterr() == ("result\n", "working\n")
