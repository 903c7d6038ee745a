"""From a slow platform to accepted changes: every proof on a real engine, and killed in between."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks import interruption
from tasks.compare import compare, measure_noise
from tasks.domain.assess import assess
from tasks.domain.candidates import CandidateState, ProofState
from tasks.domain.canonical import plain
from tasks.domain.conflicts import combine
from tasks.domain.outcomes import Secured
from tasks.domain.platform.entries import choose, discover
from tasks.domain.propose import propose
from tasks.domain.runs import Job, Run
from tasks.domain.verification.records import experiment_of
from tasks.domain.verification.sieves import STEADY
from tasks.domain.verification.trials import Whole, judged
from tasks.experiments import stored
from tasks.interruption import InterruptionError
from tasks.measure import measure_copy
from tasks.propose import propose_measured
from tasks.rollback import go_back
from tasks.tools.ledger import plans
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.live import objects
from tasks.tools.live.copying import project_of
from tasks.tools.platforms import read_platform
from tasks.tools.sources import read_source
from tasks.trials import try_changes
from tests.tasks.tools.live.conftest import IMAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.candidates import Candidate
    from tasks.domain.verification.experiments.judgement import Judgement
    from tasks.tools.engine import Engine

pytestmark = [pytest.mark.engine, pytest.mark.quiet, pytest.mark.timeout(600)]
# What a small store holds: a tenth of nearly nothing would be a page of the kernel's.
HOLDING = "head -c 48m /dev/zero > /dev/shm/held"
# The web server writes below its root, so one change of it breaks it; the store's check is slow,
# and stands beside a comment that no patch shows: what mends it is a recipe.
HIDDEN = "hunter2"
SLOW = f"""
services:
  store:
    image: {IMAGE}
    command: [sh, -c, "{HOLDING} && exec httpd -f -p 8000 -h /www"]
    volumes: ["./www:/www:ro"]
    healthcheck:
      test: [CMD, wget, -qO-, "http://127.0.0.1:8000/index.html"]
      interval: 5s # {HIDDEN}
  web:
    image: {IMAGE}
    command: [sh, -c, "touch /started && exec httpd -f -p 80 -h /"]
    depends_on:
      store:
        condition: service_healthy
"""
# Both wait for the store; one of them looks once and gives up.
WAITING = f"""
services:
  store:
    image: {IMAGE}
    command: [sh, -c, "{HOLDING} && sleep 2; exec httpd -f -p 8000 -h /www"]
    volumes: ["./www:/www:ro"]
    healthcheck:
      test: [CMD, wget, -qO-, "http://127.0.0.1:8000/index.html"]
      interval: 4s
  web:
    image: {IMAGE}
    command: [sh, -c, "sleep 4; exec httpd -f -p 80 -h /"]
    healthcheck: {{test: [CMD, wget, -qO-, "http://127.0.0.1:80/bin/busybox"], interval: 1s}}
    depends_on:
      store:
        condition: service_healthy
  needy:
    image: {IMAGE}
    command: [sh, -c, "wget -qO- http://store:8000/index.html || exit 3; exec httpd -f -p 81 -h /"]
    depends_on:
      store:
        condition: service_healthy
"""
KINDS = ("start-interval", "read-only-root", "no-new-privileges", "bind-loopback")


@pytest.fixture
def job(platform: Path, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    (platform / "compose.yaml").write_text(SLOW)
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    interruption.forget()
    lease = Lease.take(Ledger(ledger_url), uuid.uuid4().hex[:16], uuid.uuid4().hex)
    run = Run(lease.run, lease.platform, lease.epoch, "night")
    source = read_source([platform])
    content = source.digest(source.files)
    yield Job(run, str(platform), "compose.yaml", content, quick=True, live=True)
    interruption.forget()
    lease.release()


def test_a_faster_start_is_accepted_a_breaking_change_is_not(job: Job, engine: Engine) -> None:
    run = job.run
    source = read_source([Path(job.source)])
    entry = choose(discover(source), "compose.yaml")
    assert entry is not None
    platform = read_platform(source, entry)
    findings = tuple(assess(platform))
    candidates = tuple(c for c in propose(platform, findings, source) if c.kind in KINDS)

    measured = measure_copy.fn(run, job.source, job.entry)
    tried = try_changes.fn(run, job, candidates, findings, measured)
    noise = measure_noise.fn(run, job, measured)

    def killed(found: Judgement) -> None:
        if found.pairs == 1:
            interruption.ask()

    with pytest.raises(InterruptionError):
        compare.fn(run, job, candidates, findings, measured, tried, noise, told=killed)
    before = _samples(run)
    interruption.forget()
    compared = compare.fn(run, job, candidates, findings, measured, tried, noise)
    returned = go_back.fn(run, job, platform, candidates, findings, measured, compared)
    made, _ = judged(candidates, {}, Whole(tried, compared, returned))

    states = {each.kind: (each.state, each.reason) for each in made if _of(each, "store")}
    assert states["start-interval"][0] is CandidateState.ACCEPTED, states
    (recipe,) = [each for each in made if not each.patch]
    assert recipe.kind == "start-interval"
    accepted = [each for each in made if each.state is CandidateState.ACCEPTED]
    whole = combine(accepted, findings, source, recipes=True)
    assert [each.file for each in whole.recipes] == ["compose.yaml"]
    assert HIDDEN not in str((plain(made), plain(compared), plain(returned), plain(whole)))
    (broken,) = [each for each in made if each.kind == "read-only-root" and _of(each, "web")]
    assert broken.state is CandidateState.REJECTED
    assert broken.proofs["probe"].state is ProofState.FAILED
    assert compared.trial is not None
    assert len(before) == 4  # two pairs, and not one of them was measured again
    assert list(compared.trial.samples[:4]) == before
    told = experiment_of(compared.trial)
    assert told["verdict"] == "shown"
    assert told["ratios"]["working sooner"]["value"] < 0.9
    assert not any(objects.counts(engine, project_of(run.platform)).values())


def test_a_wait_that_nobody_needs_is_taken_out_and_one_that_is_needed_stays(
    job: Job, engine: Engine
) -> None:
    Path(job.source, "compose.yaml").write_text(WAITING)
    run = job.run
    source = read_source([Path(job.source)])
    entry = choose(discover(source), "compose.yaml")
    assert entry is not None
    platform = read_platform(source, entry)
    place = (job.source, source.digest(source.files))
    known = Secured(tuple(assess(platform)))

    measured = measure_copy.fn(run, job.source, job.entry)
    seen = propose_measured.fn(run, platform, known, measured, place, quick=False)
    findings = (*known.findings, *seen.findings)
    candidates = tuple(c for c in seen.candidates if c.kind == "start-with-process")
    tried = try_changes.fn(run, job, candidates, findings, measured)
    noise = measure_noise.fn(run, job, measured)
    compared = compare.fn(run, job, candidates, findings, measured, tried, noise)
    returned = go_back.fn(run, job, platform, candidates, findings, measured, compared)
    made, _ = judged(candidates, {}, Whole(tried, compared, returned))

    states = {each.subject: each for each in made}
    assert states.keys() == {"web", "needy"}
    assert states["needy"].state is CandidateState.REJECTED
    assert tried.sieve.dropped == {states["needy"].id: "with it, needy: it ended with exit code 3"}
    good = [each for each in tried.rounds if each.on == (states["web"].id,) and each.clean]
    assert len(good) == STEADY
    assert states["web"].state is CandidateState.ACCEPTED, states["web"].reason
    assert not any(objects.counts(engine, project_of(run.platform)).values())


def _samples(run: Run) -> list[object]:
    ledger = Ledger.here()
    (name,) = [each for each in plans.names(ledger, run.id) if each.startswith("set-")]
    return list(stored(ledger, run.id, name))


def _of(candidate: Candidate, service: str) -> bool:
    return service in candidate.subject
