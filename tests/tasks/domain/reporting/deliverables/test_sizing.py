from __future__ import annotations

import pytest

from tasks.domain.reporting.deliverables.sizing import sizing_report
from tasks.domain.verification.load.latencies import Borne, Shot, summarise
from tasks.domain.verification.sizing import MEBIBYTE
from tasks.domain.verification.sizings import Use, sizings
from tests.tasks.domain.verification.test_sizings import PRICES, use

GROWS = Use("grows", tuple(n * MEBIBYTE for n in range(100, 300)), (0.1,) * 200)
USES = (GROWS, use("web|", 1), use("brief", 2, seconds=100))


def test_both_rules_stand_beside_each_other_with_what_they_cost_and_kill() -> None:
    text = sizing_report("compose.yaml", USES, (), PRICES).texts["en"]
    (grows, web) = sizings(USES, PRICES)

    assert "| `grows` | ours |" in text
    assert "| killed | 0.0 % |" in text
    assert f"| {web.usual.month:.2f} |" in text
    assert f"{(grows.ours.month or 0) + (web.ours.month or 0):.2f}" in text
    assert "`brief`" in text.partition("not watched")[0][-200:] + text.partition("not watched")[2]


def test_without_prices_nothing_is_said_to_cost_anything() -> None:
    text = sizing_report("compose.yaml", USES, (), None).texts["en"]

    assert "`resource-prices`" in text
    assert "A month" not in text


@pytest.mark.parametrize(("language", "said"), [("en", "no service"), ("zh", "没有服务")])
def test_who_was_not_watched_is_not_sized(language: str, said: str) -> None:
    text = sizing_report("compose.yaml", USES[2:], (), PRICES).texts[language]

    assert said in text.lower()
    assert "| `" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_load_is_told_with_the_waits_that_enough_requests_show(language: str) -> None:
    shots = [Shot(n / 20, n / 20, n / 20 + (0.5 if n < 20 else 0.01)) for n in range(400)]
    borne = (Borne("front | page", "web", summarise(shots)),)
    text = sizing_report("compose.yaml", USES, borne, None).texts[language]
    silent = sizing_report("compose.yaml", USES, (), None).texts[language]

    assert "| front \\| page | `web` | 20.1 | 20.0 | 0 | 10 | 10 | — | — |" in text
    assert "`rate`" in text
    assert "`rate`" not in silent
    assert "20.1" not in silent


def test_a_sender_that_was_late_is_named() -> None:
    shots = [Shot(n / 20, n / 20 + 0.1, n / 20 + 0.2, "status 503") for n in range(20)]
    text = sizing_report("x", USES, (Borne("p", "web", summarise(shots)),), None).texts["en"]

    assert "| 20 | 200 |" in text
    assert "late: " in text
