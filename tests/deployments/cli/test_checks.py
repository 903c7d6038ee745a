from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployments.cli import main
from knowledge.texts import check_texts
from tasks.domain.exits import Exit
from tasks.domain.findings import Severity
from tasks.domain.reporting.texts import wording
from tasks.domain.security.checks import CHECKS

if TYPE_CHECKING:
    from tasks.domain.findings import Check

_EXAMPLES = ("failing", "passing")


def test_every_check_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.call(["checks"]) == Exit.DONE

    *lines, empty, more = capsys.readouterr().out.splitlines()
    assert sorted(line.split()[1] for line in lines) == sorted(check.id for check in CHECKS)
    ranks = [Severity(line.split()[0]).rank for line in lines]
    assert ranks == sorted(ranks)
    assert empty == ""
    assert more.startswith(f"{len(CHECKS)} checks; ")
    assert "`cmi checks ID`" in more


@pytest.mark.parametrize(("lang", "said"), [("en", "Why it matters: "), ("zh", "为何重要: ")])
def test_one_check_is_explained(lang: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.call(["checks", "privileged-container", "--lang", lang]) == Exit.DONE

    shown = capsys.readouterr().out
    assert said in shown
    assert "CIS-Docker-5.5" in shown


def test_json_lists_what_the_contract_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.call(["checks", "--json"]) == Exit.DONE

    listed = json.loads(capsys.readouterr().out)["checks"]
    assert [each["id"] for each in listed] == [check.id for check in CHECKS]
    keys = {"id", "severity", "kinds", "controls", "theory", "fix"}
    assert all(set(each) == keys for each in listed)
    assert sum(each["fix"] is not None for each in listed) >= 8


def test_a_name_that_is_nearly_right_is_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.call(["checks", "priviledged-container", "--lang", "en"]) == Exit.USAGE
    assert "Did you mean `privileged-container`?" in capsys.readouterr().err


def test_a_name_that_is_far_off_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.call(["checks", "zzz", "--lang", "en"]) == Exit.USAGE
    assert "`cmi checks` lists them" in capsys.readouterr().err


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_an_explanation_has_a_place_that_fails_a_source_that_passes_and_names_of_concepts(
    check: Check, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.call(["checks", check.id, "--lang", lang]) == Exit.DONE

    shown = capsys.readouterr().out
    failing, passing = (wording(lang, "check")(f"explain.{kind}", file="X") for kind in _EXAMPLES)
    assert failing.partition("X")[0] in shown
    assert passing.partition("X")[0] in shown
    assert "# <--" in shown
    assert "# here" not in shown
    for concept in check_texts()[check.id].theory:
        assert f"({concept})" in shown
