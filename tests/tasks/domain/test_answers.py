from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.domain.answers import answered, from_proposals, from_record, to_proposals, to_record
from tasks.domain.propose import propose_with_reasons
from tasks.domain.reporting import records
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.streaming import compact
from tasks.tools.platforms import intake

SHOP = Path(__file__).parents[3] / "examples/shop"


@pytest.mark.parametrize("entry", ["compose.yaml", "kubernetes"])
def test_an_answer_survives_the_way_through_json(entry: str) -> None:
    answer = answered(intake([SHOP], entry))

    assert from_record(json.loads("".join(compact(to_record(answer))))) == answer
    assert answer.findings


def test_a_kept_candidate_tells_what_the_whole_one_tells() -> None:
    seen = intake([SHOP], "compose.yaml")
    assert seen.platform is not None
    proposed = propose_with_reasons(seen.platform, answered(seen).findings, seen.source)

    kept = from_proposals(json.loads("".join(compact(to_proposals(proposed)))))

    assert kept.not_assessed == proposed.not_assessed
    assert any(each.recipe for each in proposed.candidates)
    for whole, back in zip(proposed.candidates, kept.candidates, strict=True):
        assert records.candidate(back, candidate_texts(back)) == records.candidate(
            whole, candidate_texts(whole)
        )


def test_the_edits_at_a_secrets_line_are_not_written_down() -> None:
    seen = intake([SHOP], "compose.yaml")
    assert seen.platform is not None
    proposed = propose_with_reasons(seen.platform, answered(seen).findings, seen.source)

    kept = from_proposals(json.loads("".join(compact(to_proposals(proposed))))).candidates

    recipes = [each for each in kept if each.recipe_digest]
    assert recipes
    assert not [each for each in kept if each.edits or each.recipe]
    assert not [each for each in recipes if each.patch]
