from __future__ import annotations

from dataclasses import replace

from tasks.domain.candidates import CandidateState
from tasks.domain.reporting.bundle import Combination
from tasks.domain.reporting.deliverables.hardening import hardening_report
from tests.bundles import CANDIDATES, FINDINGS, PLATFORM, accepted, contents

PROPOSED = contents().proposed
TEXTS = contents().texts


def test_the_effect_is_counted_from_what_the_changes_close() -> None:
    text = hardening_report(PLATFORM, FINDINGS, CANDIDATES[:1], PROPOSED, TEXTS).texts["en"]

    assert "1 change is proposed. It closes 1 of 2 open findings." in text
    assert "| critical | 1 | 1 |" in text
    assert "| high | 1 | 0 |" in text
    assert "| critical | `privileged` | 1 |" in text  # what stays open


def test_the_order_conflicts_and_commands_are_those_of_this_platform() -> None:
    text = hardening_report(PLATFORM, FINDINGS, CANDIDATES, PROPOSED, TEXTS).texts["en"]

    assert "| 1 | pin-image | `web` | `compose.yaml` | `image-floating` (high) |" in text
    assert "| `drop-privileged-db` | is a recipe |" in text
    assert "docker compose -f compose.yaml config --quiet" in text
    assert "None was proven" in text


def test_a_change_that_no_patch_shows_stands_with_the_command_that_makes_it() -> None:
    made = hardening_report(PLATFORM, FINDINGS, CANDIDATES, PROPOSED, TEXTS)

    for text in made.texts.values():
        assert "`cmi apply BUNDLE drop-privileged-db`" in text
        assert "`cmi apply BUNDLE pin-image-web`" not in text


def test_a_rejected_change_is_no_proposal_and_an_accepted_one_is_proven() -> None:
    rejected = replace(CANDIDATES[1], state=CandidateState.REJECTED)
    changes = [accepted(), rejected]
    text = hardening_report(PLATFORM, FINDINGS, changes, PROPOSED, TEXTS).texts["en"]

    assert "1 change is proposed." in text
    assert "1 was proven on a running copy." in text


def test_without_changes_the_report_lists_what_stays_open() -> None:
    made = hardening_report(PLATFORM, FINDINGS, [], Combination(), {})

    assert "No change is proposed" in made.texts["en"]
    assert "| 严重 | `privileged` | 1 |" in made.texts["zh"]
    assert "git apply" not in made.texts["en"]
