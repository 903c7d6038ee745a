from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

GATE = """\
services:
  web:
    image: a:1
    depends_on:
      db: {{condition: service_healthy}}
  db:
    image: b:1
    healthcheck:
      test: [CMD, pg_isready]
      interval: 10s
{more}      retries: 6
    restart: always
"""


def test_the_start_looks_each_second_and_the_interval_stays(attempt: Attempt) -> None:
    check = yaml.safe_load(attempt("start-interval", GATE.format(more="")).text)["services"]["db"]

    assert check["healthcheck"] == {
        "test": ["CMD", "pg_isready"],
        "interval": "10s",
        "retries": 6,
        "start_interval": "1s",
        "start_period": "60s",
    }


def test_a_start_period_that_is_there_stays(attempt: Attempt) -> None:
    text = attempt("start-interval", GATE.format(more="      start_period: 20s\n")).text

    assert yaml.safe_load(text)["services"]["db"]["healthcheck"]["start_period"] == "20s"


LONG = """\
    depends_on:
      cache:
        condition: service_started
      db:
        condition: service_started
"""


@pytest.mark.parametrize(
    "written",
    [
        "    depends_on:\n    - cache # c\n    - db\n",
        "    depends_on: [cache, db]\n",
        LONG,
    ],
    ids=["list", "flow list", "mapping"],
)
def test_only_what_can_tell_its_health_is_waited_for(attempt: Attempt, written: str) -> None:
    text = (
        "services:\n  web:\n    image: a:1\n" + written + "    restart: always\n"
        "  cache:\n    image: c:1\n"
        "  db:\n    image: b:1\n    healthcheck:\n      test: [CMD, x]\n      interval: 2s\n"
    )
    outcome = attempt("wait-for-health", text)

    assert yaml.safe_load(outcome.text)["services"]["web"]["depends_on"] == {
        "cache": {"condition": "service_started"},
        "db": {"condition": "service_healthy"},
    }
    assert ("# c" in outcome.text) == ("# c" in text)


@pytest.mark.parametrize(
    "written",
    [
        "    depends_on:\n    - \n    - db\n",
        "    depends_on: [db, '']\n",
        "    depends_on: [db, {a: b}]\n",
    ],
    ids=["empty", "empty text", "no name"],
)
def test_a_list_with_what_is_no_name_is_left_alone(attempt: Attempt, written: str) -> None:
    outcome = attempt(
        "wait-for-health",
        "services:\n  web:\n    image: a:1\n" + written + "    restart: always\n"
        "  db:\n    image: b:1\n    healthcheck:\n      test: [CMD, x]\n      interval: 2s\n",
    )

    assert outcome.candidates == ()
    assert set(outcome.reasons) <= {"`depends_on` is not written with one name a line"}


def test_a_name_that_yaml_would_read_as_something_else_stays_a_text(attempt: Attempt) -> None:
    outcome = attempt(
        "wait-for-health",
        "services:\n  web:\n    image: a:1\n    depends_on:\n    - 'on'\n    - db\n"
        "  'on':\n    image: c:1\n"
        "  db:\n    image: b:1\n    healthcheck:\n      test: [CMD, x]\n      interval: 2s\n",
    )

    waits = yaml.safe_load(outcome.text)["services"]["web"]["depends_on"]
    assert waits.keys() == {"on", "db"}
