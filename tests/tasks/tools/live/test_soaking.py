from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.candidates import CandidateState, ProofState
from tasks.domain.findings import Severity
from tasks.domain.outcomes import Measured
from tasks.domain.propose import propose
from tasks.domain.runs import Job
from tasks.domain.verification.experiments.judgement import Sample
from tasks.domain.verification.experiments.plans import Arm, Benefit, Plan
from tasks.domain.verification.gate import Findings, Records, Trial, gate
from tasks.domain.verification.misfits import misfits
from tasks.domain.verification.sizing import MEBIBYTE, Size, size
from tasks.domain.verification.sizings import Use
from tasks.domain.verification.soaks import Soak, Waited, proof_of, soak_of
from tasks.domain.verification.starts import Start
from tasks.domain.verification.trials import Compared
from tasks.tools.ledger import plans
from tasks.tools.ledger.database import Ledger
from tasks.tools.live import objects
from tasks.tools.live.copying import prepare, project_of
from tasks.tools.live.soaking import Look, boxes, ended_for_memory, soak
from tasks.tools.live.standing import Standing
from tasks.tools.platforms import read_platform
from tasks.tools.sources import read_source
from tests.soaked import borne
from tests.tasks.tools.live.conftest import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.runs import Run
    from tasks.domain.verification.gate import Passage
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

RAN = Look(
    "web",
    running=True,
    began="1",
    restarts=0,
    killed=0,
    memory_limit=9,
    cpu_limit=0.5,
    periods=(10, 1),
)
RATE, SECONDS = 150.0, 4.0
CLOSED = "size-unfitted-0123456789"


def test_two_looks_tell_what_befell_each_service() -> None:
    before = {"a": RAN, "b": RAN, "c": replace(RAN, service="db"), "d": replace(RAN, running=False)}
    after = {
        "a": replace(RAN, periods=(110, 26)),
        "b": replace(RAN, restarts=2, began="2", killed=1, periods=(5, 0)),
        "e": replace(RAN, service="new"),
    }
    db, web = boxes(before, after, (Use("web", (3, 7), (0.1, 0.1)),))

    assert (web.killed, web.restarted, web.gone, web.peak, web.slowed) == (1, 2, 0, 7, 0.25)
    assert (web.memory_limit, web.cpu_limit) == (9, 0.5)
    assert (db.gone, db.killed, db.slowed) == (1, 0, None)


@pytest.mark.parametrize(
    ("line", "place"),
    [("0::/box", "box/memory.events"), ("9:memory:/box", "memory/box/memory.oom_control")],
    ids=["version 2", "version 1"],
)
def test_the_kernel_tells_of_workers_that_it_ended(tmp_path: Path, line: str, place: str) -> None:
    group = tmp_path / "groups" / place
    group.parent.mkdir(parents=True)
    (tmp_path / "42").mkdir()
    (tmp_path / "42/cgroup").write_text(f"3:cpu,cpuacct:/box\n{line}\n")

    def count() -> int:
        return ended_for_memory(42, tmp_path, tmp_path / "groups")

    assert count() == 0  # nothing there to read
    group.write_text("oom 9\noom_kill 3\nunder_oom 0\n")
    assert count() == 3
    assert ended_for_memory(43, tmp_path, tmp_path / "groups") == 0
    assert ended_for_memory(0, tmp_path, tmp_path / "groups") == 0


# After some orders the store's own process reads a megabyte again and again, and keeps it.
HUNGRY = (
    "httpd -p 8000 -h /www; until [ -e /data/go ]; do sleep 0.1; done;"
    f" for i in {' '.join(map(str, range(24)))}; do"
    ' eval "kept$$i=\\$$(cat /www/big)"; done; while :; do sleep 1; done'
)
ORDER = """\
#!/bin/sh
echo x >> /data/orders
[ $(grep -c x /data/orders) -gt 4 ] && touch /data/go
echo 'Content-Type: text/plain'
echo
echo ok
"""


@pytest.fixture
def hungry(engine: Engine, platform: Path) -> Iterator[Ready]:
    """Prepare a platform whose store needs memory only when it is used."""
    (platform / "www/cgi-bin").mkdir()
    order = platform / "www/cgi-bin/order"
    order.write_text(ORDER)
    order.chmod(0o755)
    (platform / "www/big").write_text("tea and cake, \n" * (MEBIBYTE // 15))
    written = (platform / "compose.yaml").read_text()
    asleep = '[httpd, -f, -p, "8000", -h, /www]'
    assert asleep in written
    (platform / "compose.yaml").write_text(written.replace(asleep, f"[sh, -c, '{HUNGRY}']"))
    yield prepare(engine, str(platform), "compose.yaml", "run-1", PLATFORM)
    objects.remove(engine, project_of(PLATFORM))


def limited(ready: Ready, wanted: Size) -> Ready:
    """Give the copy with a size for its store."""
    limits = {"memory": str(wanted.memory_limit), "cpus": str(wanted.cpu_limit)}
    services = ready.model["services"]
    store = {**services["store"], "deploy": {"resources": {"limits": limits}}}
    return replace(ready, model={**ready.model, "services": {**services, "store": store}}).without(
        {}
    )


@contextmanager
def loaded(engine: Engine, ready: Ready) -> Iterator[Standing]:
    """Bring a copy up that is looked at often, and ordered from now and then."""
    standing = Standing(engine, ready)
    standing.apply()
    try:
        page = next(each for each in standing.asked if each.kind == "http")
        order = replace(page, name="order", path="/cgi-bin/order", rate=4.0)
        standing.asked = (*standing.asked, replace(page, name="front page", rate=RATE), order)
        yield standing
    finally:
        standing.undo()


def planned(used: int) -> tuple[Soak, Size]:
    """Plan the soak of the size that follows from a watch in which so much was used."""
    use = Use("store", (used,) * 120, (0.01,) * 120)
    before = Waited("front page", "store", round(RATE * SECONDS / 2), 0, 0.01, 0.0)
    return Soak(0.25, (before,), (use,)), size(use.memory, use.cores)


def passage(found: Soak) -> Passage:
    """Let the gate judge a change that fits the size of the store, by its soak."""
    there = Findings({CLOSED: Severity.MEDIUM}, {})
    return gate(Records("fit-size-1", (CLOSED,), there, sizes=("store",), soak=found))


@pytest.mark.engine
def test_a_size_that_has_room_bears_the_load(engine: Engine, hungry: Ready) -> None:
    plan, wanted = planned(60 * MEBIBYTE)
    with loaded(engine, limited(hungry, wanted)) as standing:
        found = soak(standing, plan, SECONDS)

    own, web = found.boxes
    assert (own.service, own.memory_limit, own.cpu_limit) == ("store", wanted.memory_limit, 1.0)
    assert (own.killed, own.restarted, own.gone) == (0, 0, 0)
    assert (web.service, web.killed, web.restarted, web.gone) == ("web", 0, 0, 0)
    assert own.slowed is not None
    assert own.peak > MEBIBYTE
    # How busy the machine of the tests is decides nothing here: it may send late, or answer late.
    (front,) = (each for each in found.after if each.probe == "front page")
    assert front.errors == 0
    calm = replace(found, after=(replace(front, late=0.0, tail=0.01),))
    assert proof_of(calm, ("store",), least=SECONDS).state is ProofState.PASSED
    # It was nothing like as long as a soak must be.
    assert passage(calm).proofs["finding"].state is ProofState.NOT_ASSESSED


@pytest.mark.engine
def test_a_limit_that_is_too_low_ends_the_container_and_the_change(
    engine: Engine, hungry: Ready
) -> None:
    plan, wanted = planned(MEBIBYTE)  # as of a watch in which nobody ordered
    with loaded(engine, limited(hungry, wanted)) as standing:
        found = soak(standing, plan, 2 * SECONDS)

    judged = passage(found)
    own = found.boxes[0]
    assert (own.service, own.memory_limit) == ("store", 16 * MEBIBYTE)
    assert own.killed
    assert own.gone
    assert judged.state is CandidateState.REJECTED
    assert judged.reason == "finding: store ran out of memory in the soak"


@pytest.mark.engine
def test_whoever_interrupts_a_soak_does_not_wait_for_its_load(engine: Engine, ready: Ready) -> None:
    looked = []

    def stop() -> None:
        looked.append(time.monotonic())
        if len(looked) == 2:
            raise InterruptedError

    with loaded(engine, ready) as standing, pytest.raises(InterruptedError):
        soak(standing, Soak(0.25, (), ()), 600.0, stop)

    assert time.monotonic() - looked[-1] < 30


PROBES = """
probes:
  - {name: order, service: store, port: 8000, path: /cgi-bin/order, rate: 20}
"""


@pytest.mark.engine
@pytest.mark.quiet
def test_going_back_lets_the_set_bear_its_load_first(
    engine: Engine, hungry: Ready, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import rollback  # noqa: PLC0415  # it needs Prefect

    folder = Path(hungry.request.root)
    (folder / "cmi.yaml").write_text(PROBES)
    source = read_source([folder])
    read = read_platform(source, hungry.entry)
    plan, _ = planned(MEBIBYTE)  # as of a watch in which nobody ordered
    found = misfits(read, plan.watched, [borne("order", "store")])
    whole = (*assess(read), *found.findings)
    fit = next(e for e in propose(read, whole, source) if e.kind == "fit-size")
    start = Start(2.0, (), ())
    measured = Measured(start, uses=plan.watched, borne=(borne("order", "store"),))
    first = Sample(1, Arm.BEFORE, {}, 0.0, raw={"whole": True, "state": {}})
    trial = Trial(Plan("set", (fit.id,), (Benefit("sooner", "green"),), (), "s"), (first,))
    monkeypatch.setattr(rollback, "soak", partial(soak, seconds=2 * SECONDS))
    job = Job(run, str(folder), "compose.yaml", "c", live=True)

    back = rollback.go_back.fn(run, job, read, (fit,), whole, measured, Compared(trial))

    assert back.reason == ""
    assert back.soak is not None
    assert back.findings is not None
    assert back.rollback is not None
    own = next(each for each in back.soak.boxes if each.service == "store")
    assert own.killed
    assert own.memory_limit == 16 * MEBIBYTE
    assert "order" in {each.probe for each in back.soak.after}
    assert found.findings[0].id in back.findings.after
    assert all(back.rollback.probes.values())
    (name,) = plans.names(Ledger.here(), run.id)
    assert [soak_of(e) for e in plans.samples(Ledger.here(), run.id, name)] == [back.soak]
