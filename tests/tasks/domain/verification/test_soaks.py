from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.candidates import ProofState
from tasks.domain.canonical import plain
from tasks.domain.sentences import known
from tasks.domain.verification.sizing import MEBIBYTE
from tasks.domain.verification.soaks import NO_SOAK, proof_of, sized, soak_of, waited
from tests.soaked import DB, WEB, borne, box, soak

if TYPE_CHECKING:
    from tasks.domain.verification.soaks import Soak

WHOLE = soak(WEB, DB)
(LOAD,) = WHOLE.before


def judged(found: Soak | None, *services: str) -> tuple[ProofState, str]:
    """Judge a soak; whatever reason it gives is one that people read in either language."""
    proof = proof_of(found, services or ("web",))
    assert known(proof.reason) is bool(proof.reason)
    return proof.state, proof.reason


def test_sizes_that_bore_their_load_are_proven() -> None:
    assert judged(WHOLE) == (ProofState.PASSED, "")
    assert judged(WHOLE, "web", "db") == (ProofState.PASSED, "")


def test_without_a_soak_nothing_is() -> None:
    assert judged(None) == (ProofState.NOT_ASSESSED, NO_SOAK)
    assert judged(replace(WHOLE, before=(), after=())) == (ProofState.NOT_ASSESSED, NO_SOAK)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"killed": 1}, "web ran out of memory in the soak"),
        ({"restarted": 2}, "web started again in the soak"),
        ({"gone": 1}, "web ended in the soak"),
        ({"memory_limit": 0}, "web had other limits in the soak"),
        ({"memory_limit": 1 << 40}, "web had other limits in the soak"),
        ({"cpu_limit": 0.0}, "web had other limits in the soak"),
        ({"cpu_limit": 64.0}, "web had other limits in the soak"),
    ],
)
def test_what_befell_its_container_rejects_a_size(changes: dict[str, float], reason: str) -> None:
    found = replace(WHOLE, boxes=(box(WEB, **changes), box(DB)))

    assert judged(found) == (ProofState.FAILED, reason)


def test_who_was_not_in_it_or_not_watched_is_not_proven() -> None:
    assert judged(WHOLE, "cache") == (ProofState.FAILED, "cache was not in the soak")
    assert judged(replace(WHOLE, watched=(DB,))) == (ProofState.FAILED, "web was not in the soak")
    short = replace(WEB, memory=WEB.memory[:50])
    assert judged(replace(WHOLE, watched=(short, DB))) == (
        ProofState.FAILED,
        "web was not watched for long enough",
    )


def test_another_one_s_end_leaves_a_size_undecided() -> None:
    found = replace(WHOLE, boxes=(box(WEB), box(DB, killed=1)))
    because = "under the same load, db ran out of memory in the soak"

    assert judged(found) == (ProofState.NOT_ASSESSED, because)
    assert judged(found, "db")[0] is ProofState.FAILED


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (replace(WHOLE, seconds=140.0), "the soak lasted 140 seconds of 150"),
        (replace(WHOLE, after=()), "the load of front page was not sent again"),
        (
            replace(WHOLE, after=(replace(LOAD, requests=LOAD.requests - 1),)),
            "the load of front page was not sent again",
        ),
        (
            replace(WHOLE, after=(replace(LOAD, late=0.1),)),
            "the load of front page was sent late",
        ),
        (
            replace(WHOLE, after=(replace(LOAD, tail=None),)),
            "too few requests of front page to tell the wait of 99 %",
        ),
        (
            replace(WHOLE, before=(replace(LOAD, noise=1.2),)),
            "the wait of 99 % of front page differs too much by itself",
        ),
    ],
)
def test_another_load_shows_nothing(found: Soak, reason: str) -> None:
    assert judged(found) == (ProofState.NOT_ASSESSED, reason)


def test_errors_and_waits_above_their_margin_reject() -> None:
    failing = replace(WHOLE, after=(replace(LOAD, errors=11),))
    slow = replace(WHOLE, after=(replace(LOAD, tail=0.031),))

    assert judged(failing) == (
        ProofState.FAILED,
        "more requests of front page failed in the soak",
    )
    assert judged(slow) == (ProofState.FAILED, "front page answered later in the soak")
    assert judged(replace(WHOLE, after=(replace(LOAD, errors=10, tail=0.03),)))[1] == ""


def test_a_wait_may_grow_by_what_it_differed_by_itself() -> None:
    noisy = replace(WHOLE, before=(replace(LOAD, noise=0.8),))
    within, beyond = (replace(noisy, after=(replace(LOAD, tail=t),)) for t in (0.035, 0.037))

    assert judged(within)[0] is ProofState.PASSED
    assert judged(beyond) == (ProofState.FAILED, "front page answered later in the soak")


@given(
    killed=st.integers(0, 2),
    restarted=st.integers(0, 2),
    gone=st.integers(0, 2),
    limit=st.integers(0, 80),
    errors=st.integers(0, 1000),
    tail=st.floats(0.0, 1.0),
)
def test_whatever_is_proven_was_neither_ended_nor_wider_nor_worse(  # noqa: PLR0913, PLR0917  # of one soak
    killed: int, restarted: int, gone: int, limit: int, errors: int, tail: float
) -> None:
    one = box(WEB, killed=killed, restarted=restarted, gone=gone, memory_limit=limit * MEBIBYTE)
    found = replace(WHOLE, boxes=(one, box(DB)), after=(replace(LOAD, errors=errors, tail=tail),))
    fits = 0 < one.memory_limit <= box(WEB).memory_limit
    well = not (killed or restarted or gone) and errors <= 10 and tail <= 0.02 + 0.01

    assert (judged(found)[0] is ProofState.PASSED) is (fits and well)


def test_a_soak_comes_back_from_its_plain_form() -> None:
    assert soak_of(json.loads(json.dumps(plain(WHOLE)))) == WHOLE
    with pytest.raises((KeyError, TypeError)):
        soak_of({"margin": 0.1})


def test_only_a_change_that_closes_a_size_needs_one() -> None:
    assert sized(("size-unfitted-0123456789", "no-memory-limit-0"), "web, db") == ("web", "db")
    assert sized(("no-memory-limit-0123456789",), "web") == ()


def test_of_a_load_counts_what_a_soak_is_judged_by() -> None:
    found = waited(borne(wait=0.5, late=0.1))

    assert (found.probe, found.service, found.requests, found.errors) == (
        "front page",
        "web",
        1000,
        0,
    )
    assert found.tail == pytest.approx(0.6)
    assert found.late == pytest.approx(0.1)
