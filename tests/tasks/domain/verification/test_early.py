"""An early look has only those whose start depends on no answer that is in doubt."""

from __future__ import annotations

from typing import Any

from tasks.domain.verification.copies import Copy
from tasks.domain.verification.early import early
from tasks.domain.verification.stand_ins import StandIns

STORE: dict[str, Any] = {
    "image": "store:1",
    "healthcheck": {
        "test": ["CMD", "ping"],
        "interval": "10s",
        "timeout": "4s",
        "retries": 3,
        "start_period": "30s",
        "start_interval": "5s",
    },
}
WEB: dict[str, Any] = {**STORE, "depends_on": {"store": {"condition": "service_healthy"}}}


def copy(**services: Any) -> Copy:
    return Copy("p", {"services": services, "networks": {"n": {}}}, tuple(services), (), {}, NOBODY)


NOBODY = StandIns()


def test_who_waits_for_nobody_is_asked_without_a_pause_and_with_his_own_command() -> None:
    found = early(copy(store=STORE, web=WEB, worker={"image": "w"}))

    assert found is not None
    assert found.services == ("store",)
    assert found.definition["networks"] == {"n": {}}
    assert found.definition["services"]["store"]["healthcheck"] == {
        "test": ["CMD", "ping"],
        "interval": "250ms",
        "timeout": "4s",
        "retries": 10_000,
    }
    assert STORE["healthcheck"]["interval"] == "10s"


def test_where_nobody_starts_by_himself_with_a_check_there_is_nothing_to_look_at() -> None:
    off = {**STORE, "healthcheck": {"test": ["NONE"]}}

    assert early(copy(web=WEB, worker={"image": "w"}, off=off)) is None


def test_who_does_his_work_and_ends_is_not_looked_at() -> None:
    waits = {"migrate": {"condition": "service_completed_successfully"}}

    assert early(copy(migrate=STORE, web={"image": "w", "depends_on": waits})) is None
