from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tasks.domain.assess import assess
from tasks.domain.candidates import Candidate, Edit
from tasks.domain.conflicts import combine, files_with, in_steps
from tasks.domain.findings import Finding, Severity
from tasks.domain.insertions import SameFieldError, merged
from tasks.domain.patches import OverlapError, in_order, unified_diff
from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.nodes import Place, Span
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose
from tasks.domain.written import read_written
from tasks.tools import git
from tasks.tools.roundtrip import applied, undone

DATA = b"kind: Pod\nname: web\nport: 1\n"
SOURCE = Source("t", {"f.yaml": DATA})
WRITTEN = read_written("f.yaml", DATA)


def candidate(name: str, closes: str, *edits: tuple[int, int, str]) -> Candidate:
    made = tuple(Edit("f.yaml", Span(start, end), text) for start, end, text in edits)
    return Candidate(name, "k", (closes,), "web", made, patch=unified_diff(WRITTEN, made))


def finding(name: str, severity: Severity) -> Finding:
    return Finding(name, "c", severity, "web", Place("f.yaml", 1, 1), "p")


FINDINGS = (finding("mild", Severity.LOW), finding("bad", Severity.CRITICAL))


def test_who_closes_the_worst_comes_first_and_a_collision_names_him() -> None:
    mild = candidate("a", "mild", (6, 9, "Job"))
    bad = candidate("b", "bad", (6, 9, "Set"))
    combined = combine([mild, bad], FINDINGS, SOURCE)

    assert combined.order == ("b",)
    assert combined.left_out["a"].startswith("collides with b")
    assert git.apply(combined.patch, {"f.yaml": DATA})["f.yaml"].startswith(b"kind: Set")


def test_additions_at_one_place_are_all_kept() -> None:
    one = candidate("a", "mild", (10, 10, "sec:\n  a: 1\n"))
    other = candidate("b", "mild", (10, 10, "sec:\n  b: 2\n"))
    combined = combine([other, one], FINDINGS, SOURCE)
    after = git.apply(combined.patch, {"f.yaml": DATA})

    assert combined.order == ("a", "b")
    assert after["f.yaml"] == b"kind: Pod\nsec:\n  a: 1\n  b: 2\nname: web\nport: 1\n"
    assert git.reverse(combined.patch, after)["f.yaml"] == DATA


def test_one_field_with_two_values_keeps_the_first_by_id() -> None:
    one = candidate("a", "mild", (10, 10, "x: 1\n"))
    other = candidate("b", "mild", (10, 10, "x: 2\n"))

    assert combine([other, one], FINDINGS, SOURCE).order == ("a",)


def test_a_recipe_stays_out_of_the_patch() -> None:
    recipe = Candidate("r", "k", ("bad",), "web", (Edit("f.yaml", Span(6, 9), "Job"),))
    combined = combine([recipe], FINDINGS, SOURCE)

    assert combined.patch == ""
    assert "recipe" in combined.left_out["r"]


def test_where_recipes_are_wanted_they_collide_and_combine_as_any_change() -> None:
    text = "services:\n  web:\n    image: a:1\n    privileged: true # x\n    tty: true\n"
    source = Source("t", {"compose.yaml": text.encode()})
    platform = read(source, Entry("e", EntryKind.COMPOSE, ("compose.yaml",)))
    findings = assess(platform)
    candidates = propose(platform, findings, source)
    recipe = next(each for each in candidates if each.kind == "unprivileged")
    twin = replace(recipe, id="zz", edits=(replace(recipe.edits[0], text="maybe"),))

    combined = combine((*candidates, twin), findings, source, recipes=True)
    before = dict(source.files)
    after = applied(combined, before)

    assert recipe.id in combined.order
    assert combined.left_out.keys() == {"zz"}
    assert after == files_with(candidates, findings, source)
    assert b"privileged: false # x" in after["compose.yaml"]
    assert "privileged" not in combined.patch
    assert [each.file for each in combined.recipes] == ["compose.yaml"]
    assert undone(combined, after) == before


def test_steps_put_one_change_upon_the_other_with_recipes_and_name_who_collides() -> None:
    text = "services:\n  web:\n    image: a:1\n    privileged: true # x\n    tty: true\n"
    source = Source("t", {"compose.yaml": text.encode()})
    platform = read(source, Entry("e", EntryKind.COMPOSE, ("compose.yaml",)))
    findings = assess(platform)
    candidates = propose(platform, findings, source)
    recipe = next(each for each in candidates if each.kind == "unprivileged")
    twin = replace(recipe, id="zz", edits=(replace(recipe.edits[0], text="maybe"),))

    steps, left_out = in_steps((*candidates, twin), findings, source)

    assert [step.candidate.id for step in steps] == [each.id for each in candidates]
    assert recipe.patch == ""
    assert b"privileged: false # x" in steps[-1].files["compose.yaml"]
    assert list(left_out) == ["zz"]
    assert f"collides with {recipe.id}" in left_out["zz"]


def _one_by_one(candidates: list[Candidate]) -> tuple[tuple[str, ...], list[Edit]]:
    """Take each candidate whose edits go with all of those before it, the slow way."""
    order: list[str] = []
    taken: list[Edit] = []
    for each in candidates:
        try:
            taken = in_order(merged([*taken, *each.edits]))
        except (OverlapError, SameFieldError):
            continue
        order.append(each.id)
    return tuple(order), taken


@pytest.mark.parametrize("seed", range(40))
def test_who_goes_with_whom_does_not_depend_on_who_looks(seed: int) -> None:
    draw = random.Random(seed)
    data = b"name: web1\nimage: web1\nkind: Pod\n" * 4
    found = []
    for number in range(30):
        starts = sorted(draw.sample(range(len(data)), draw.randint(1, 3)))
        ends = [draw.choice([start, start, min(start + 9, len(data))]) for start in starts]
        texts = [draw.choice(["a: 1\n", "a: 2\n", "b:\n  c: 1\n", "x"]) for _ in starts]
        edits = tuple(
            Edit("f.yaml", Span(start, end), text)
            for start, end, text in zip(starts, ends, texts, strict=True)
        )
        found.append(Candidate(f"c{number:02}", "k", (), "web", edits, patch="p"))
    source = Source("t", {"f.yaml": data})

    combined = combine(found, (), source)

    order, taken = _one_by_one(found)
    assert combined.order == order
    assert list(combined.edits) == taken
    assert combined.left_out.keys() == {each.id for each in found} - set(order)
