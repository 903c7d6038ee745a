from __future__ import annotations

from dataclasses import replace

from tasks.domain.assess import assess
from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose

TEXT = b"""\
services:
  web:
    environment:
      TOKEN: hunter2
    image: a:1
    privileged: true
  db:
    environment: [PASSWORD=hunter2]
    image: b:1
  one: {image: c:1, environment: {K: hunter2}}
"""
SOURCE = Source("t", {"compose.yaml": TEXT})
ENTRY = Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",))


def platform(source: Source = SOURCE) -> Platform:
    return read(source, ENTRY)


def test_the_worst_is_closed_first_and_the_order_is_stable() -> None:
    findings = assess(platform())
    found = propose(platform(), findings, SOURCE)

    assert found[0].kind == "unprivileged"
    assert [each.id for each in found] == [
        each.id for each in propose(platform(), tuple(reversed(findings)), SOURCE)
    ]


def test_ids_survive_lines_that_move() -> None:
    moved = Source("t", {"compose.yaml": b"# new\n\n" + TEXT})
    before = propose(platform(), assess(platform()), SOURCE)
    after = propose(platform(moved), assess(platform(moved)), moved)

    assert {each.id for each in before} == {each.id for each in after}


def test_each_candidate_is_a_patch_or_a_recipe_and_shows_no_secret() -> None:
    found = propose(platform(), assess(platform()), SOURCE)

    assert all(bool(each.patch) != bool(each.recipe) for each in found)
    assert {each.subject for each in found if each.recipe} == {"db", "one", "platform"}
    assert "hunter2" not in repr(found)


def test_without_an_engine_nothing_is_called_proven() -> None:
    found = propose(platform(), assess(platform()), SOURCE)

    assert {each.state for each in found} == {"undecided"}
    assert all(each.reason.startswith("Not tried") for each in found)


def test_waived_findings_get_no_change() -> None:
    findings = [replace(each, waived="accepted by us") for each in assess(platform())]

    assert propose(platform(), findings, SOURCE) == ()
