from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tasks.domain.candidates import Candidate, CandidateState
from tasks.domain.kpis import KPIS
from tasks.domain.platform.entries import choose, discover
from tasks.domain.platform.sources import Source
from tasks.domain.verification.costs import (
    Asked,
    accepted_sizes,
    bill,
    bill_of,
    operating_cost,
)
from tasks.domain.verification.sizing import Prices, Size, size
from tasks.tools.platforms import read_platform
from tests.soaked import DB, WEB, soak

COMPOSE = """\
services:
  web:
    image: shop/web:1
    deploy:
      replicas: 2
      resources: {reservations: {memory: 1G, cpus: '0.5'}}
  db:
    image: shop/db:1
    deploy: {resources: {reservations: {memory: 2G, cpus: '1'}}}
  half:
    image: shop/half:1
    mem_reservation: 1g
  none:
    image: shop/none:1
"""
PRICES = Prices(0.04, 0.005)
SOURCE = Source("shop", {"compose.yaml": COMPOSE.encode()})
ENTRY = choose(discover(SOURCE), None)
assert ENTRY is not None
PLATFORM = read_platform(SOURCE, ENTRY)
FIT = Candidate(
    "fit-size-1", "fit-size", ("size-unfitted-1",), "web", (), state=CandidateState.ACCEPTED
)
SMALL = Size(256 << 20, 512 << 20, 0.1, 1.0)


def test_who_asks_for_memory_or_cores_alone_is_left_out_and_named() -> None:
    told = bill(PLATFORM, {}, PRICES)

    assert told.before == {"web": Asked(1 << 30, 0.5, 2), "db": Asked(2 << 30, 1.0)}
    assert told.after == told.before
    assert told.left_out == ("half", "none")


def test_accepted_sizes_take_the_place_of_what_is_written() -> None:
    told = bill(PLATFORM, {"web": SMALL, "none": SMALL}, PRICES)
    kpi, proof = operating_cost(told)
    web = 2 * 730 * (0.4 * 0.04 + 0.75 * 0.005)
    whole = 730 * (2 * 0.04 + 4 * 0.005)

    assert told.after["web"] == Asked(256 << 20, 0.1, 2)
    assert "none" not in told.after
    assert (kpi.numerator, kpi.denominator) == (round(web, 2), round(whole, 2))
    assert kpi.value == pytest.approx(100 * web / whole, abs=0.1)
    assert kpi.evidence == (proof.digest,)
    assert bill_of(json.loads(proof.data)) == told


def test_a_size_that_costs_more_saves_less_than_nothing() -> None:
    kpi, _ = operating_cost(bill(PLATFORM, {"db": replace(SMALL, cpu_request=3.0)}, PRICES))

    assert kpi.value is not None
    assert kpi.value < 0


def test_without_requests_or_prices_nothing_is_said_to_be_saved() -> None:
    nobody = replace(PLATFORM, services=PLATFORM.services[2:])

    for told in (bill(nobody, {}, PRICES), bill(PLATFORM, {}, Prices(0.0, 0.0))):
        kpi, _ = operating_cost(told)
        assert kpi.value is None
        assert kpi in KPIS
        assert "resource-prices" in kpi.reason


def test_only_what_was_accepted_and_soaked_counts() -> None:
    bore = soak(WEB, DB)
    open_one = replace(FIT, subject="db", state=CandidateState.UNDECIDED)
    other = replace(FIT, kind="limit-resources", closes=("no-memory-limit-1",), subject="db")

    assert accepted_sizes([FIT, open_one, other], bore) == {"web": size(WEB.memory, WEB.cores)}
    assert accepted_sizes([FIT], None) == {}
    assert accepted_sizes([FIT], soak(DB)) == {}
