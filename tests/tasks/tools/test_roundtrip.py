from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.candidates import Edit, ProofState
from tasks.domain.conflicts import combine
from tasks.domain.platform.entries import discover
from tasks.domain.platform.model import EntryKind
from tasks.domain.platform.nodes import Span
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose
from tasks.tools.platforms import read_platform
from tasks.tools.roundtrip import keeps_whole, prove, prove_together
from tasks.tools.sources import read_source

if TYPE_CHECKING:
    from tasks.domain.platform.model import Entry, Platform

COMPOSE = b"""\
version: "3"
services:
  web:
    image: nginx:1.27
    ports:
      - "8080:80"  # public
    depends_on:
      - db
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: canary-hunter2
    healthcheck:
      test: [CMD, pg_isready]
      interval: 10s
    ports:
      - "5432:5432"
    privileged: true
"""


def look(source: Source, kind: EntryKind) -> Platform:
    entry = next(each for each in discover(source) if each.kind is kind)
    return read_platform(source, entry)


@pytest.mark.parametrize(
    ("old", "new", "whole"),
    [
        ("nginx:1.27", "nginx:1.28", True),
        ("  db:\n", "  store:\n", False),
        ("      - db\n", "      : x\n", False),
        ("ports:", "image:", False),
    ],
    ids=["harmless", "another service", "no YAML", "a key twice"],
)
def test_edits_that_leave_a_platform_less_readable_are_noticed(
    old: str, new: str, whole: bool
) -> None:
    source = Source("t", {"compose.yaml": COMPOSE})
    at = COMPOSE.decode().index(old)
    edit = Edit("compose.yaml", Span(at, at + len(old)), new)

    assert keeps_whole([edit], source, look(source, EntryKind.COMPOSE)) is whole


def test_every_candidate_of_a_small_platform_passes_the_round_trip() -> None:
    source = Source("t", {"compose.yaml": COMPOSE})
    platform = look(source, EntryKind.COMPOSE)
    findings = assess(platform)
    candidates = propose(platform, findings, source)

    states = {each.id: prove(each, source, platform, findings) for each in candidates}

    assert {each.kind for each in candidates} >= {
        "unprivileged", "bind-loopback", "no-new-privileges", "drop-capabilities",
        "limit-resources", "wait-for-health", "read-only-root", "remove-obsolete-key",
    }  # fmt: skip
    assert {state.state for state in states.values()} == {ProofState.PASSED}, states
    assert not any("hunter2" in each.patch for each in candidates)


def test_a_candidate_that_closes_nothing_fails() -> None:
    source = Source("t", {"compose.yaml": COMPOSE})
    platform = look(source, EntryKind.COMPOSE)
    findings = assess(platform)
    candidate = propose(platform, findings, source)[0]

    proof = prove(candidate, source, platform, findings, read=lambda source, entry: platform)

    assert proof.state is ProofState.FAILED
    assert "still found" in proof.reason


def test_a_candidate_for_other_bytes_fails() -> None:
    source = Source("t", {"compose.yaml": COMPOSE})
    platform = look(source, EntryKind.COMPOSE)
    findings = assess(platform)
    other = Source("t", {"compose.yaml": COMPOSE.replace(b"nginx", b"caddy")})
    states = {
        prove(each, other, platform, findings).state
        for each in propose(platform, findings, source)
        if "nginx" in each.patch
    }

    assert states == {ProofState.FAILED}


def _static(source: Source) -> list[Entry]:
    kinds = {EntryKind.COMPOSE, EntryKind.KUBERNETES}
    return [each for each in discover(source) if each.default and each.kind in kinds]


@pytest.mark.targets
@pytest.mark.parametrize(
    "name", ["edgex", "online-boutique", "robot-shop", "sock-shop", "train-ticket"]
)
def test_every_candidate_of_a_real_platform_passes_alone_and_together(
    targets: Path, name: str
) -> None:
    source = read_source([targets / name])
    entries = _static(source)
    assert entries
    for entry in entries:
        platform = read_platform(source, entry)
        findings = assess(platform)
        candidates = propose(platform, findings, source)
        combined = combine(candidates, findings, source)
        closes = {i for each in candidates if each.id in combined.order for i in each.closes}

        proofs = {each.id: prove(each, source, platform, findings) for each in candidates}

        failed = {id_: p.reason for id_, p in proofs.items() if p.state is not ProofState.PASSED}
        assert candidates
        assert failed == {}
        assert prove_together(combined, closes, source, platform, findings).state == "passed"
        assert {*combined.order, *combined.left_out} == set(proofs)


def test_every_candidate_of_the_sample_platform_passes_alone_and_together() -> None:
    source = read_source([Path(__file__).parents[3] / "examples/shop"])
    (entry,) = _static(source)
    platform = read_platform(source, entry)
    findings = assess(platform)
    candidates = propose(platform, findings, source)
    combined = combine(candidates, findings, source)
    closes = {i for each in candidates if each.id in combined.order for i in each.closes}

    proofs = [prove(each, source, platform, findings) for each in candidates]

    assert len({each.kind for each in candidates}) >= 8
    assert {each.state for each in proofs} == {ProofState.PASSED}
    assert prove_together(combined, closes, source, platform, findings).state == "passed"
