"""The one tuple of changes: each answers checks that exist, and no change is forgotten."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.findings import MEASURED
from tasks.domain.security import candidates
from tasks.domain.security.candidates import CHANGES
from tasks.domain.security.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.security.candidates.ground import Change

# A copy is made of Compose projects only, so what it shows is to be changed there.
KINDS = {check.id: set(check.kinds) for check in CHECKS} | {name: {"compose"} for name in MEASURED}


def _proposers() -> Iterator[Any]:
    """Give every function of the rooms that goes from a finding to a proposal."""
    for found in pkgutil.iter_modules(candidates.__path__):
        module = import_module(f"{candidates.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            told = function.__annotations__
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and (told.get("finding"), told.get("return")) == ("Finding", "Proposal"):
                yield function


def test_every_proposer_is_registered() -> None:
    registered = {change.propose for change in CHANGES}
    proposers = list(_proposers())

    assert len(proposers) > 8
    assert [each.__name__ for each in proposers if each not in registered] == []


def test_there_are_changes_for_every_packaging() -> None:
    kinds = [packaging for change in CHANGES for packaging in change.packaging]

    assert len(CHANGES) >= 40
    assert {each: kinds.count(each) >= 8 for each in set(kinds)} == dict.fromkeys(
        ("compose", "kubernetes", "dockerfile"), True
    )


def test_each_kind_of_change_has_a_name_of_its_own() -> None:
    kinds = [change.kind for change in CHANGES]

    assert len(set(kinds)) == len(kinds)
    assert [kind for kind in kinds if not re.fullmatch(r"[a-z]+(-[a-z]+)*", kind)] == []


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_a_change_answers_checks_that_look_where_it_can_write(change: Change) -> None:
    assert change.closes
    for check in change.closes:
        assert KINDS[check] & set(change.packaging), check


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_a_change_says_what_it_claims_and_what_it_may_break(change: Change) -> None:
    for text in (change.measure, change.caution):
        assert re.fullmatch(r"[A-Z].+\.", text)
    assert change.measure != change.caution
