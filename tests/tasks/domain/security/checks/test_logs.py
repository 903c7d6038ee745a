from __future__ import annotations

import pytest

from tasks.domain.platform.containers import Features, Variable
from tasks.domain.platform.model import Logging
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    container,
    hits,
    of,
    platform,
    service,
    subjects,
)


def test_endless_logs_are_one_finding_a_platform_however_many_services() -> None:
    bounded = Logging("json-file", True, PLACE, "l")  # noqa: FBT003  # bounded
    mixed = platform(service("a"), service("b"), service("c", logging=bounded))

    (hit,) = hits("logs-unbounded", mixed)

    assert (hit.subject, hit.facts["count"], hit.facts["names"]) == ("platform", "2", "a, b")


def test_bounded_logs_everywhere_are_no_finding() -> None:
    bounded = Logging("local", True, PLACE, "l")  # noqa: FBT003  # bounded

    assert not hits("logs-unbounded", platform(service(logging=bounded)))


def test_output_that_is_thrown_away_is_a_finding() -> None:
    thrown = Logging("none", True, PLACE, "l")  # noqa: FBT003  # bounded

    assert subjects("logs-discarded", platform(service(logging=thrown))) == ["web"]
    assert not hits("logs-discarded", platform(service()))


@pytest.mark.parametrize("name", ["LOG_LEVEL", "APP_LOG_LEVEL", "--log-level", "--log.level"])
@pytest.mark.parametrize(("word", "found"), [("debug", 1), ("trace", 1), ("info", 0), ("", 0)])
def test_a_level_for_programmers_is_a_finding_by_its_name_and_word(
    name: str, word: str, found: int
) -> None:
    level = Variable(name, Features(word=word), PLACE, "v")

    assert len(hits("debug-log-level", of(container(environment=(level,))))) == found


def test_another_variable_that_says_debug_is_no_log_level() -> None:
    other = Variable("CATALOG_LEVELS", Features(word="debug"), PLACE, "v")

    assert not hits("debug-log-level", of(container(environment=(other,))))
