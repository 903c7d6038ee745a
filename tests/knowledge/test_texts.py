from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest
import yaml

from knowledge.texts import LANGUAGES, CheckText, check_texts
from tasks.domain.findings import MEASURED
from tasks.domain.security.checks import CHECKS

if TYPE_CHECKING:
    from pathlib import Path

_CONTROL = re.compile(
    r"CIS-Docker-[1-7]\.\d{1,2}"
    r"|CIS-Kubernetes-[1-5]\.\d{1,2}\.\d{1,2}"
    r"|NIST-SP-800-190-[34]\.\d\.\d"
    r"|OWASP-Kubernetes-K(0[1-9]|10)"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _every() -> list[CheckText]:
    return list(check_texts().values())


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_check_has_its_text_and_every_text_its_check() -> None:
    assert sorted(check_texts()) == sorted((*(check.id for check in CHECKS), *MEASURED))


def test_no_check_is_registered_twice() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("text", _every(), ids=lambda text: text.id)
def test_both_languages_say_the_same_cases_with_the_same_facts(text: CheckText) -> None:
    english, chinese = (text.words[language] for language in LANGUAGES)

    assert english.messages.keys() == chinese.messages.keys()
    for case, message in english.messages.items():
        assert _fields(message) == _fields(chinese.messages[case])


@pytest.mark.parametrize("text", _every(), ids=lambda text: text.id)
def test_each_language_is_written_in_itself(text: CheckText) -> None:
    english, chinese = text.words["en"], text.words["zh"]
    for words in (english.title, english.why, english.remedy, *english.messages.values()):
        assert words.strip()
        assert not _CHINESE.search(words)
    for words in (chinese.title, chinese.why, chinese.remedy, *chinese.messages.values()):
        assert _CHINESE.search(words)


@pytest.mark.parametrize("text", _every(), ids=lambda text: text.id)
def test_every_control_id_is_well_formed_and_written_once(text: CheckText) -> None:
    assert all(_CONTROL.fullmatch(control) for control in text.controls), text.controls
    assert len(set(text.controls)) == len(text.controls)


@pytest.mark.targets
def test_every_theory_id_is_a_concept_of_the_syllabi(targets: Path) -> None:
    listed = targets.parent / "syllabi/maps/concepts.yaml"
    concepts = yaml.safe_load(listed.read_text(encoding="utf-8"))["concepts"]
    known = {concept["id"] for concept in concepts}

    for text in _every():
        assert text.theory
        assert set(text.theory) <= known, text.id


def test_a_message_names_its_subject_and_facts() -> None:
    text = check_texts()["runs-as-root"]

    said = text.message("en", "web", {"case": "explicit", "user": "0"})

    assert said == "web is told to run as root (user 0)."


def test_names_in_a_message_are_not_templates() -> None:
    text = check_texts()["obsolete-key"]

    assert "{subject}" in text.message("en", "web", {"key": "{subject}"})
