from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]

SHARED = """\
x-base: &base
  restart: always
  {extra}
services:
  a:
    <<: *base
    image: a:1
  b:
    <<: *base
    image: b:1
"""


def test_an_anchor_is_changed_when_all_its_users_need_it(attempt: Attempt) -> None:
    outcome = attempt("unprivileged", SHARED.format(extra="privileged: true"))

    assert outcome.text == SHARED.format(extra="privileged: false")
    assert len(outcome.candidates) == 1
    assert len(outcome.candidates[0].closes) == 2


def test_a_shared_value_is_overridden_locally_when_others_do_not_need_it(attempt: Attempt) -> None:
    text = SHARED.format(extra="deploy: &deploy {replicas: 1}").replace(
        "image: b:1\n", "image: b:1\n    cpus: 1\n    mem_limit: 1G\n"
    )
    outcome = attempt("limit-resources", text)
    read = yaml.safe_load(outcome.text)

    assert "      <<: *deploy\n" in outcome.text
    assert read["services"]["a"]["deploy"] == {
        "replicas": 1,
        "resources": {"limits": {"memory": "512M", "cpus": "1.0"}},
    }
    assert read["x-base"] == yaml.safe_load(text)["x-base"]
    assert read["services"]["b"] == yaml.safe_load(text)["services"]["b"]


def test_what_a_shallow_merge_would_lose_is_left_alone(attempt: Attempt) -> None:
    text = SHARED.format(extra="deploy: &deploy {resources: {limits: {memory: 1G}}}").replace(
        "image: b:1\n", "image: b:1\n    cpus: 1\n"
    )
    outcome = attempt("limit-resources", text)

    assert outcome.text == text
    assert "shared through an anchor" in outcome.reasons[0]


def test_an_aliased_mapping_becomes_a_merge_of_its_own(attempt: Attempt) -> None:
    text = """\
x-check: &check
  test: [CMD, "true"]
  interval: 10s
services:
  db:
    image: a:1
    healthcheck: *check
  other:
    image: a:1
    healthcheck: *check
  web:
    image: b:1
    depends_on:
      db:
        condition: service_healthy
"""
    outcome = attempt("start-interval", text)
    services = yaml.safe_load(outcome.text)["services"]

    assert (
        services["db"]["healthcheck"]
        == {
            "test": ["CMD", "true"],
            "interval": "10s",
            "start_interval": "1s",
            "start_period": "30s",
        }
        or outcome.reasons
    )
    assert services["other"] == yaml.safe_load(text)["services"]["other"]


def test_a_whole_service_that_is_an_alias_is_left_alone(attempt: Attempt) -> None:
    text = "services:\n  a: &a\n    image: a:1\n    privileged: true\n  b: *a\n"
    outcome = attempt("unprivileged", text)

    assert len(outcome.candidates) == 1
    assert outcome.text == text.replace("true", "false")


def test_crlf_and_four_columns_stay(attempt: Attempt) -> None:
    text = "services:\r\n    web:\r\n        image: a:1\r\n        restart: always\r\n"

    assert (
        "        image: a:1\r\n        security_opt:\r\n            - no-new-privileges:true\r\n"
        in attempt("no-new-privileges", text).text
    )
