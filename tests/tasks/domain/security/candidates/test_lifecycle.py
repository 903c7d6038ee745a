"""How services come back, end and write: what each change puts where, and where it stays out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    Attempt = Callable[..., Any]


def test_a_service_without_a_policy_comes_back(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    read_only: true\n"

    assert attempt("restart-policy", text).text == text.replace(
        "    read", "    restart: unless-stopped\n    read"
    )


def test_a_job_that_others_wait_for_is_not_started_again(attempt: Attempt) -> None:
    text = (
        "services:\n  job:\n    image: a:1\n  web:\n    image: b:1\n    restart: always\n"
        "    depends_on:\n      job:\n        condition: service_completed_successfully\n"
    )

    assert attempt("restart-policy", text).candidates == ()


def test_all_services_get_bounded_logs_by_one_change(attempt: Attempt) -> None:
    text = (
        "services:\n  web:\n    image: a:1\n    restart: always\n  api:\n    image: b:1\n"
        "    restart: always\n    logging:\n      driver: syslog\n"
    )

    outcome = attempt("bound-logs", text)
    services = yaml.safe_load(outcome.text)["services"]

    assert len(outcome.candidates) == 1
    assert services["web"]["logging"] == {
        "driver": "json-file",
        "options": {"max-size": "10m", "max-file": "3"},
    }
    assert services["api"]["logging"] == {"driver": "syslog"}


def test_an_anchor_that_all_share_gets_the_logs_once(attempt: Attempt) -> None:
    text = (
        "x-base: &base\n  restart: always\n  read_only: true\nservices:\n"
        "  web:\n    <<: *base\n    image: a:1\n  api:\n    <<: *base\n    image: b:1\n"
    )

    outcome = attempt("bound-logs", text)

    assert outcome.text.count("max-size") == 2  # nobody's own fragment is changed
    assert outcome.text.startswith("x-base: &base\n  restart: always\n  read_only: true\nservices")


def test_processes_are_limited_with_crlf_and_a_byte_order_mark(attempt: Attempt) -> None:
    text = "\ufeffservices:\r\n  web:\r\n    image: a:1\r\n    restart: always\r\n"

    outcome = attempt("limit-processes", text)

    _, _, hunk = outcome.candidates[0].patch.partition(" @@\n")
    assert hunk.count("\r\n") == hunk.count("\n") == 8
    assert hunk.startswith(" \ufeffservices:")
    assert "+          pids: 1024\r\n" in hunk


def test_every_limit_goes_where_compose_lets_it_stand_beside_the_others(attempt: Attempt) -> None:
    text = (
        "services:\n  short:\n    image: a:1\n    mem_limit: 64M\n"
        "  long:\n    image: b:1\n    deploy:\n      resources:\n        limits:\n"
        "          memory: 64M\n  none:\n    image: c:1\n"
    )

    services = yaml.safe_load(attempt("limit-processes", text).text)["services"]

    assert services["short"] == {"image": "a:1", "mem_limit": "64M", "pids_limit": 1024}
    assert services["long"]["deploy"]["resources"]["limits"] == {"memory": "64M", "pids": 1024}
    assert services["none"]["deploy"]["resources"]["limits"] == {"pids": 1024}


def test_a_store_gets_a_minute_and_others_ten_seconds(attempt: Attempt) -> None:
    text = (
        "services:\n  db:\n    image: postgres:16\n    stop_grace_period: 1s\n"
        "  web:\n    image: a:1\n    stop_grace_period: 1s\n"
    )

    outcome = attempt("orderly-stop", text)

    assert outcome.text == text.replace("1s", "60s", 1).replace("1s\n", "10s\n").replace(
        "610s", "60s"
    )


def test_a_signal_that_nobody_can_answer_is_replaced(attempt: Attempt) -> None:
    compose = "services:\n  web:\n    build: .\n    stop_signal: SIGKILL\n"
    image = "FROM busybox:1.36\nSTOPSIGNAL 9\nUSER 1\n"

    outcome = attempt("orderly-stop", compose, image, names=("compose.yaml", "Dockerfile"))

    assert outcome.texts["compose.yaml"].endswith("stop_signal: SIGTERM\n")
    assert outcome.texts["Dockerfile"] == image.replace("9", "SIGTERM")


def test_a_pod_gets_its_time_where_the_pod_is_written(attempt: Attempt) -> None:
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n"
        "    spec:\n      terminationGracePeriodSeconds: 0 # quick\n      containers:\n"
        "      - name: web\n        image: a:1\n"
    )

    assert attempt("orderly-stop", text).text == text.replace(": 0 #", ": 10 #")


def test_the_kernel_may_end_what_used_up_its_memory(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    oom_kill_disable: true\n"

    assert attempt("out-of-memory-killer", text).text == text.replace("true", "false")


def test_links_without_other_names_become_dependencies(attempt: Attempt) -> None:
    text = "services:\n  db:\n    image: a:1\n  web:\n    image: b:1\n    links: # old\n    - db\n"

    assert attempt("depend-not-link", text).text == text.replace("links", "depends_on")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        pytest.param("    links: [db:database]\n", "another name", id="an alias"),
        pytest.param("    networks: [a]\n    links: [db]\n", "no network", id="another network"),
    ],
)
def test_a_link_that_does_more_stays(attempt: Attempt, more: str, reason: str) -> None:
    text = "services:\n  db:\n    image: a:1\n  web:\n    image: b:1\n" + more

    outcome = attempt("depend-not-link", text + "networks: {a: {}}\n")

    assert outcome.candidates == ()
    assert reason in outcome.reasons[0]


def test_a_name_that_is_the_services_own_is_left_to_the_engine(attempt: Attempt) -> None:
    text = "services:\n  web:\n    image: a:1\n    container_name: web\n    restart: always\n"

    assert attempt("free-container-names", text).text == text.replace(
        "    container_name: web\n", ""
    )
    other = attempt("free-container-names", text.replace("name: web", "name: shop-web"))
    assert other.candidates == ()
    assert "by the name of its container" in other.reasons[0]
