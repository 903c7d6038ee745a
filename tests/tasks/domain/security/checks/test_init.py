"""The one tuple of checks: nothing is registered twice, and no check is forgotten."""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.security import checks
from tasks.domain.security.checks import CHECKS, COMPOSE, DOCKERFILE, KUBERNETES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.findings import Check


def _judges() -> Iterator[Any]:
    """Give every function of the rooms that goes from a platform to hits."""
    for found in pkgutil.iter_modules(checks.__path__):
        module = import_module(f"{checks.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            told = function.__annotations__.get("return")
            judges = [*inspect.signature(function).parameters] == ["platform"]
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and judges and told == "Iterator[Hit]":
                yield function


def test_every_judge_is_registered() -> None:
    registered = {check.judge for check in CHECKS}
    judges = list(_judges())

    assert len(judges) > 20
    assert [f"{each.__module__}.{each.__name__}" for each in judges if each not in registered] == []


def test_each_check_has_a_name_of_its_own_that_fits_a_waiver() -> None:
    names = [check.id for check in CHECKS]

    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", name)] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_says_which_packagings_it_looks_at(check: Check) -> None:
    assert check.kinds
    assert set(check.kinds) <= {COMPOSE, KUBERNETES, DOCKERFILE}


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_nothing_is_wrong_with_a_platform_of_nothing(check: Check, kind: EntryKind) -> None:
    assert list(check.judge(Platform(Entry("nothing", kind, ())))) == []
