from __future__ import annotations

import pytest

from tasks.domain.verification.acceptance.scenarios import Check, Claim, Kind, Scenario, Step

GET = Step(Kind.REQUEST, 4, "gateway")
POST = Step(Kind.REQUEST, 5, "orders", method="POST")
RUN = Step(Kind.RUN, 6, "postgres", command=("true",))
STOP = Step(Kind.STOP, 7, "redis")


@pytest.mark.parametrize(
    ("step", "asks", "repeatable"),
    [(GET, True, True), (POST, True, False), (RUN, True, True), (STOP, False, False)],
)
def test_only_what_asks_and_changes_nothing_is_repeated(
    step: Step, asks: bool, repeatable: bool
) -> None:
    assert (step.asks, step.repeatable) == (asks, repeatable)


def test_a_scenario_knows_what_it_asks_and_whom_it_is_about() -> None:
    then = (
        Check(Claim.CONTAINS, 8, text="ok"),
        Check(Claim.KEPT, 9, step=RUN),
        Check(Claim.STANDS, 10, step=Step(Kind.STANDS, 10, "users")),
    )
    scenario = Scenario("s", "s.yaml", 1, (GET,), (STOP, POST), then)

    assert scenario.services == ("gateway", "redis", "orders", "postgres", "users")
    assert [each.claim for each in scenario.textual] == [Claim.CONTAINS]
    assert scenario.kept == (RUN,)
    assert [each.service for each in scenario.asking] == ["postgres", "users"]
