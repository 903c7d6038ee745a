from __future__ import annotations

from dataclasses import replace

import pytest

from tasks.domain.candidates import Candidate, CandidateState
from tasks.domain.reporting.deliverables.sizing import sizing_report
from tasks.domain.reporting.deliverables.soaked import Outcome
from tasks.domain.verification.costs import Asked, Bill
from tasks.domain.verification.sizing import MEBIBYTE, Prices
from tests.soaked import DB, WEB, borne, box, soak

PRICES = Prices(0.04, 0.005)
FIT = Candidate(
    "fit-size-1",
    "fit-size",
    ("size-unfitted-1",),
    "web",
    (),
    facts={"memory": "52M", "cpus": "1.00"},
    state=CandidateState.ACCEPTED,
)
DEAD = replace(
    FIT,
    id="fit-size-2",
    subject="db",
    state=CandidateState.REJECTED,
    reason="db ran out of memory in the soak",
)
OTHER = replace(FIT, id="logs-1", kind="bound-logs", closes=("f1",), subject="platform")
BILL = Bill(
    PRICES, {"web": Asked(1 << 30, 0.5)}, {"web": Asked(256 * MEBIBYTE, 0.25)}, ("half", "none")
)
BORE = soak(WEB, DB, boxes=(box(WEB), box(DB, killed=2, slowed=None)))


def text(language: str, outcome: Outcome | None) -> str:
    return sizing_report("compose.yaml", (WEB, DB), (borne(),), PRICES, outcome).texts[language]


@pytest.mark.parametrize(
    ("language", "state", "reason"),
    [
        ("en", "rejected", "db ran out of memory in the soak"),
        ("zh", "已拒绝", "db 在浸泡测试中耗尽内存"),
    ],
)
def test_each_size_is_told_with_its_state_and_reason_in_the_reader_s_language(
    language: str, state: str, reason: str
) -> None:
    told = text(language, Outcome((FIT, DEAD, OTHER), BORE, BILL))

    assert "| `web` | 52M | 1.00 | " in told
    assert f"| `db` | 52M | 1.00 | {state} | {reason} |" in told
    assert "`platform`" not in told


def test_the_soak_stands_beside_what_was_before() -> None:
    told = text("en", Outcome((FIT, DEAD), BORE, BILL))
    limits = {each.service: each.memory_limit // MEBIBYTE for each in BORE.boxes}

    assert "for 150 seconds" in told
    assert f"| `web` | {limits['web']} MiB | 44 MiB | 1.00 | 1.0 % | 0 | 0 | 0 |" in told
    assert f"| `db` | {limits['db']} MiB | 100 MiB | 1.00 | — | 2 | 0 | 0 |" in told
    assert "| front page | `web` | 1000 | 0 | 20 | 1000 | 0 | 20 |" in told
    assert "25 %" in told
    assert "the common one" in told  # the usual rule stays beside ours


def test_a_load_that_was_not_sent_again_is_a_gap() -> None:
    told = text("en", Outcome((FIT,), replace(BORE, after=())))

    assert "| front page | `web` | 1000 | 0 | 20 | — | — | — |" in told


def test_what_is_saved_is_told_with_who_is_left_out() -> None:
    before, after = BILL.months()
    told = text("en", Outcome((FIT,), BORE, BILL))

    assert f"costs {before:.2f}, with the accepted sizes {after:.2f}" in told
    assert f"{100 * (1 - after / before):.1f} % less" in told
    assert "`half`, `none`" in told
    assert "a month\n" not in text("en", Outcome((FIT,), BORE))


def test_before_a_size_was_tried_nothing_is_said_of_it() -> None:
    told = text("en", None)

    assert "soak" not in told
    assert text("en", Outcome((OTHER,))) == told
