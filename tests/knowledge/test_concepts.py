from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from knowledge.concepts import concepts, title
from knowledge.texts import LANGUAGES, check_texts

if TYPE_CHECKING:
    from pathlib import Path

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_every_concept_of_a_check_has_a_title_and_no_title_stands_for_nothing() -> None:
    used = {concept for text in check_texts().values() for concept in text.theory}

    assert set(concepts()) == used


@pytest.mark.parametrize("concept", sorted(concepts()))
def test_each_title_is_written_in_its_language(concept: str) -> None:
    assert set(concepts()[concept]) == set(LANGUAGES)
    assert not _CHINESE.search(title(concept, "en"))
    assert _CHINESE.search(title(concept, "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_concepts_have_one_title(language: str) -> None:
    assert len({title(each, language) for each in concepts()}) == len(concepts())


def test_a_concept_without_a_title_is_named_by_its_id() -> None:
    assert title("x-unknown", "en") == "x-unknown"


@pytest.mark.targets
def test_every_concept_is_one_of_the_syllabi(targets: Path) -> None:
    listed = targets.parent / "syllabi/maps/concepts.yaml"
    known = yaml.safe_load(listed.read_text(encoding="utf-8"))["concepts"]

    assert set(concepts()) <= {each["id"] for each in known}
