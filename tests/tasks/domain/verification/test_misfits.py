"""Sizes that a declared load shows not to fit, and the changes that follow from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.domain.assess import assess
from tasks.domain.conflicts import combine
from tasks.domain.patches import apply_edits
from tasks.domain.platform.entries import choose, discover
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.sentences import known
from tasks.domain.verification.load.latencies import Borne, Shot, summarise
from tasks.domain.verification.misfits import SIZE, Misfits, misfits, still_there
from tasks.domain.verification.sizing import MEBIBYTE, size
from tasks.domain.verification.sizings import Use
from tasks.tools.platforms import read_platform
from tests.soaked import DB, WEB, borne, box, soak

if TYPE_CHECKING:
    from tasks.domain.candidates import Candidate
    from tasks.domain.platform.model import Platform

COMPOSE = """\
services:
  web:
    image: shop/web:1
    depends_on: [db]
{web}
  db:
    image: shop/db:1
{db}
  alone:
    image: shop/alone:1
"""
LONG = """\
    deploy:
      resources:
        limits:
          memory: {memory}
          cpus: '{cpus}'
"""
USES = (WEB, DB)


def text(web: str = "", db: str = "") -> str:
    return COMPOSE.format(web=web, db=db)


def source(written: str) -> Source:
    return Source("shop", {"compose.yaml": written.encode()})


def platform(written: str) -> Platform:
    entry = choose(discover(source(written)), None)
    assert entry is not None
    return read_platform(source(written), entry)


def cases(written: str, uses: tuple[Use, ...] = USES) -> dict[str, str]:
    found = misfits(platform(written), uses, [borne()])
    return {each.subject: each.facts["case"] for each in found.findings}


def fits(written: str, uses: tuple[Use, ...] = USES) -> list[Candidate]:
    read = platform(written)
    whole = (*assess(read), *misfits(read, uses, [borne()]).findings)
    return [e for e in propose(read, whole, source(written)) if e.kind == "fit-size"]


def test_nobody_with_a_load_and_without_a_limit_is_fine() -> None:
    assert cases(text()) == {"web": "none", "db": "none"}


@pytest.mark.parametrize(
    ("memory", "cpus", "case"),
    [
        ("30M", "1", "low"),
        ("256M", "0.3", "low"),
        ("63M", "1", None),
        ("256M", "1", "high"),
        ("63M", "8", "high"),
    ],
)
def test_limits_are_compared_with_what_fits(memory: str, cpus: str, case: str | None) -> None:
    wanted = size(WEB.memory, WEB.cores)
    assert 44 * MEBIBYTE < wanted.memory_limit <= 63 * MEBIBYTE

    assert cases(text(LONG.format(memory=memory, cpus=cpus))).get("web") == case


def test_a_reservation_far_above_the_use_is_too_much() -> None:
    written = LONG.format(memory="63M", cpus="1") + "        reservations: {memory: 1G}\n"

    assert cases(text(written.replace("1G", "60M")))["db"] == "none"
    assert "web" not in cases(text(written.replace("1G", "60M")))
    assert cases(text(written))["web"] == "high"


def reasons(found: Misfits) -> dict[str, str]:
    return {each.what: each.reason for each in found.not_assessed}


def test_without_a_declared_load_nothing_is_said_of_sizes() -> None:
    found = misfits(platform(text()), USES, [])

    assert found.findings == ()
    assert list(reasons(found)) == ["sizes under a declared load"]
    assert misfits(platform(text()), (), [borne()]) == Misfits()


def test_who_is_not_reached_by_the_load_is_not_judged() -> None:
    alone = replace(DB, service="alone")
    only_db = misfits(platform(text()), (*USES, alone), [borne(service="db")])

    assert [each.subject for each in only_db.findings] == ["db"]
    assert set(reasons(only_db)) == {"size of web", "size of alone"}
    both = misfits(platform(text()), (*USES, alone), [borne()])
    assert [each.subject for each in both.findings] == ["web", "db"]


def failing() -> Borne:
    shots = [Shot(n, n, n + 0.1, "status 503" if n % 10 == 0 else "") for n in range(1000)]
    return Borne("orders", "web", summarise(shots))


@pytest.mark.parametrize(
    ("load", "word"),
    [
        ([borne(), borne("orders", late=0.1)], "sent late"),
        ([borne(), failing()], "failed"),
    ],
    ids=["late", "failing"],
)
def test_a_load_that_was_not_as_declared_judges_nobody(load: list[Borne], word: str) -> None:
    found = misfits(platform(text()), USES, load)

    assert found.findings == ()
    assert all(word in why for why in reasons(found).values())
    assert len(reasons(found)) == 2


def test_who_was_watched_too_briefly_is_not_judged() -> None:
    brief = replace(DB, memory=DB.memory[:100], cores=DB.cores[:100])
    found = misfits(platform(text()), (WEB, brief), [borne()])

    assert reasons(found) == {"size of db": "it was not watched for long enough"}


def test_every_reason_is_known_in_both_languages() -> None:
    uses = (WEB, replace(DB, memory=DB.memory[:9]), replace(DB, service="alone"))
    told = [
        *misfits(platform(text()), uses, [borne()]).not_assessed,
        *misfits(platform(text()), USES, [borne(late=1.0)]).not_assessed,
        *misfits(platform(text()), USES, [failing()]).not_assessed,
        *misfits(platform(text()), USES, []).not_assessed,
    ]

    assert len(told) == 7
    for each in told:
        assert known(each.what)
        assert known(each.reason)
        assert known(each.remedy)


@pytest.mark.parametrize(
    "web",
    [
        "",
        LONG.format(memory="30M", cpus="8"),
        "    mem_limit: 20m\n",
        "    mem_limit: 2g\n    cpus: 9\n    mem_reservation: 1g\n",
        "    deploy: {resources: {reservations: {memory: 3G}}}\n",
    ],
    ids=["nothing", "long", "short", "short and more", "reservation alone"],
)
def test_a_fitted_platform_has_no_misfit_and_is_changed_no_more(web: str) -> None:
    written = text(web)
    web_fit, db_fit = sorted(fits(written), key=lambda each: each.subject, reverse=True)
    after = apply_edits(written, [*web_fit.edits, *db_fit.edits])
    again = platform(after)
    box_ = next(e for e in again.services if e.name == "web").containers[0].resources
    wanted = size(WEB.memory, WEB.cores)

    assert again.unread == ()
    assert cases(after) == {}
    assert {e.check for e in assess(again) if e.subject == "web"}.isdisjoint(
        {"no-memory-limit", "no-cpu-limit", "implausible-quantity"}
    )
    assert (box_.memory_limit and box_.memory_limit.value) == wanted.memory_limit
    assert (box_.cpu_limit and box_.cpu_limit.value) == wanted.cpu_limit
    assert (box_.memory_request and box_.memory_request.value) == wanted.memory_request
    assert (box_.cpu_request and box_.cpu_request.value) == wanted.cpu_request


def test_fitting_closes_what_the_files_alone_say_and_takes_the_place_of_the_guess() -> None:
    written = text()
    read = platform(written)
    whole = (*assess(read), *misfits(read, USES, [borne()]).findings)
    made = propose(read, whole, source(written))
    web = next(e for e in made if e.kind == "fit-size" and e.subject == "web")
    sizes = [e for e in made if e.kind in {"fit-size", "limit-resources"}]
    combined = combine(sizes, whole, source(written))
    guesses = {e.id: e.subject for e in made if e.kind == "limit-resources"}

    assert {each.rpartition("-")[0] for each in web.closes} == {
        SIZE,
        "no-memory-limit",
        "no-cpu-limit",
    }
    assert {e.id for e in made if e.kind == "fit-size"} < set(combined.order)
    for words in candidate_texts(web).values():
        assert web.facts["memory"] in words.message
        assert web.facts["cpus"] in words.message
    left = {guesses[each]: why for each, why in combined.left_out.items() if each in guesses}
    assert set(left) == {"web", "db"}
    assert f"collides with {web.id}" in left["web"]


def test_what_is_shared_through_an_anchor_is_fitted_at_the_service() -> None:
    written = """\
x-common: &common
  deploy: {resources: {limits: {memory: 2G, cpus: '4'}}}
services:
  web:
    <<: *common
    image: shop/web:1
    depends_on: [db]
  db:
    <<: *common
    image: shop/db:1
"""
    for made in fits(written):
        again = platform(apply_edits(written, made.edits))
        others = {e.name: e.containers[0].resources for e in again.services}
        (other,) = {"web", "db"} - {made.subject}
        limit = others[other].memory_limit
        assert limit is not None
        assert limit.value == 2 << 30


def shown(findings: tuple[Any, ...], after: str, bore: Any) -> set[str]:
    return {each.subject for each in still_there(findings, platform(after), USES, bore)}


def test_a_size_is_closed_only_by_files_that_fit_and_a_soak_that_bore_it() -> None:
    written = text()
    found = misfits(platform(written), USES, [borne()]).findings
    after = apply_edits(written, [e for each in fits(written) for e in each.edits])

    assert shown(found, after, soak(*USES)) == set()
    assert shown(found, after, None) == {"web", "db"}
    assert shown(found, written, soak(*USES)) == {"web", "db"}
    killed = soak(*USES, boxes=(box(WEB, killed=1), box(DB)))
    assert shown(found, after, killed) == {"web", "db"}
    assert still_there(assess(platform(written)), platform(after), USES, None) == ()


@settings(max_examples=20, deadline=None)
@given(
    memory=st.lists(st.integers(1, 900), min_size=120, max_size=160),
    cores=st.lists(st.floats(0.0, 3.0), min_size=160, max_size=160),
)
def test_what_is_proposed_fits_whatever_was_used(memory: list[int], cores: list[float]) -> None:
    use = Use("web", tuple(n * MEBIBYTE for n in memory), tuple(cores[: len(memory)]))
    written = text()
    (made,) = fits(written, (use,))
    after = apply_edits(written, made.edits)

    assert cases(after, (use,)) == {}
    assert size(use.memory, use.cores).memory_limit >= max(use.memory)
