from __future__ import annotations

from tasks.domain.candidates import ProofState
from tasks.domain.reporting.deliverables.trials import Trial, trial_report

NAMES = {"en": "the patch applies and reverses", "zh": "补丁可应用并可撤销"}
TRIALS = [
    Trial(NAMES, "pin-image-web", ProofState.PASSED),
    Trial(NAMES, "a|b", ProofState.FAILED, "hunk <1> does not fit"),
    Trial(NAMES, "shop", ProofState.NOT_ASSESSED, "no `docker compose` here"),
]


def test_every_outcome_is_counted_and_failures_come_first() -> None:
    text = trial_report("shop", TRIALS).texts["en"]

    assert "1 passed, 1 failed, 1 not assessed." in text
    assert text.index("## What failed") < text.index("## What was not assessed")
    assert text.index("## What was not assessed") < text.index("## Every test")
    assert text.count("| the patch applies and reverses |") == 5


def test_reasons_and_subjects_are_shown_as_they_are() -> None:
    text = trial_report("shop", TRIALS).texts["zh"]

    assert r"| `a\|b` | 未通过 | hunk \<1\> does not fit |" in text
    assert "| 未评估 | no `docker compose` here |" in text


def test_without_tests_the_report_says_so() -> None:
    assert "Nothing was tested." in trial_report("shop", []).texts["en"]
