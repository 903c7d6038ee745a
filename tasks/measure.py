"""Measuring: a copy of the platform is brought up, asked, taken through the self-test, removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tasks.domain.outcomes import PROBE, Measured
from tasks.domain.platform.model import NotAssessed
from tasks.domain.reporting.deliverables.baseline import Seen, baseline_report
from tasks.domain.reporting.deliverables.sizing import sizing_report
from tasks.domain.verification.early import early
from tasks.domain.verification.sizing import Prices
from tasks.interruption import reason_of, undisturbed
from tasks.steps import effect
from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger import effects
from tasks.tools.ledger.database import Ledger
from tasks.tools.live.bench import limit_of
from tasks.tools.live.copying import prepare
from tasks.tools.live.images import provide
from tasks.tools.live.logs import complained
from tasks.tools.live.observing import observe
from tasks.tools.live.stack import START_INTERVAL_API
from tasks.tools.live.standing import Standing, blind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasks.domain.reporting.deliverables import Deliverable
    from tasks.domain.runs import Run
    from tasks.domain.settings import Settings
    from tasks.domain.verification.functional import Answer
    from tasks.domain.verification.load.latencies import Borne
    from tasks.domain.verification.sizings import Use
    from tasks.domain.verification.starts import Moments
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready
    from tasks.tools.live.stack import Up

_WHAT = "the platform as it runs"
_SIZES = NotAssessed(
    "sizes by measured use", "left out, because of --quick", "Run again without --quick."
)
_ENGINE = "As root on Debian, `cmi doctor --install-engine` sets one up."
_LOG = "Look at its log: `docker compose logs`."
_MEND = "Correct what tells of it, or what should answer."
_UNASKED = "nothing here says how to ask it whether it works"
_ASK = "Give it a health check, or write a probe for it in cmi.yaml."
_OLD = "Use an engine of version 25 or later."


@effect("measure a copy of {entry}")
def measure_copy(run: Run, place: str, entry: str, *, quick: bool = True) -> Measured:
    """Bring a copy up, measure its start, ask it everything, and remove it, whatever happens.

    Unless ``quick``, what its services use is watched for a while.
    """
    try:
        with connected() as engine:
            return _measured(engine, run, place, entry, quick=quick)
    except ToolError as error:
        reason_of(error)
        return Measured(not_assessed=(NotAssessed(_WHAT, error.what, error.remedy or _ENGINE),))


def _measured(engine: Engine, run: Run, place: str, entry: str, *, quick: bool) -> Measured:
    ready = prepare(engine, place, entry, run.id, run.platform)
    ready = ready.without(provide(engine, ready.wanted_images(), ready.source, run.platform))
    missing = (*ready.copy.not_assessed, *_dropped(engine, ready))
    if not ready.copy.services:
        return Measured(not_assessed=missing)
    standing = Standing(engine, ready, learning=True)
    try:
        with undisturbed(run):
            effects.ensure(Ledger.here(), run, standing)
            unheard = standing.learn()
            answers = standing.answers()
            said = complained(engine, standing.key)
            well = all(each.passed for each in answers)
            missing += (_SIZES,) if well and quick else ()
            uses, borne = observe(standing) if well and not quick else ((), ())
        worthless = blind(standing)
    finally:
        effects.undo(Ledger.here(), run, standing)
    if standing.up is None:  # apply sets it, or raises
        return Measured(not_assessed=missing)
    seen = Seen(entry, standing.up.start, answers, worthless, ready.copy.changed, standing.up.lost)
    missing += tuple(_missing(standing.up, unheard, seen))
    prices = _prices(ready.request.settings)
    blind_ones = tuple(each.name for each in worthless)
    return Measured(
        standing.up.start,
        answers,
        (baseline_report(seen), *_sizes(entry, uses, borne, prices)),
        missing,
        worthless=blind_ones,
        heeds_start_interval=engine.serves(START_INTERVAL_API),
        uses=uses,
        borne=borne,
        prices=prices,
        unheard=tuple(each.question.name for each in unheard),
        complaints={name: tuple(sorted(each)) for name, each in said.items()},
        early=_early(engine, run, ready, standing.up),
    )


def _early(engine: Engine, run: Run, ready: Ready, up: Up) -> tuple[Moments, ...]:
    """Start those who wait for nobody once more, to see whether their checks say yes too early."""
    if up.failed or (copy := early(ready.copy)) is None:
        return ()
    standing = Standing(
        engine, replace(ready, copy=copy), limit=limit_of(up.start.total), learning=True
    )
    try:
        with undisturbed(run):
            effects.ensure(Ledger.here(), run, standing)
    finally:
        effects.undo(Ledger.here(), run, standing)
    return standing.up.start.moments if standing.up else ()


def _missing(up: Up, unheard: Iterable[Answer], seen: Seen) -> Iterator[NotAssessed]:
    """Name who did not come up, what nobody answered, and whom nobody can ask."""
    yield from (NotAssessed(f"service {name}", why, _LOG) for name, why in up.failed.items())
    yield from map(_unheard, unheard)
    yield from (NotAssessed(f"probes of {name}", _UNASKED, _ASK) for name in seen.unasked)


def _unheard(answer: Answer) -> NotAssessed:
    """Say that a hint did not hold: who told it, and what came instead."""
    told = answer.question.told_by
    reason = f"{told} tells of it, and the platform as it is does not answer it: {answer.detail}"
    return NotAssessed(f"{PROBE}{answer.question.name}", reason, _MEND)


def _prices(settings: Settings) -> Prices | None:
    told = settings.resource_prices
    return Prices(told["core-hour"], told["gibibyte-hour"]) if told else None


def _sizes(
    entry: str, uses: tuple[Use, ...], borne: tuple[Borne, ...], prices: Prices | None
) -> Iterator[Deliverable]:
    """Write what follows for the sizes, where somebody watched."""
    if uses:
        yield sizing_report(entry, uses, borne, prices)


def _dropped(engine: Engine, ready: Ready) -> Iterator[NotAssessed]:
    """Name what an old engine drops in silence."""
    if engine.serves(START_INTERVAL_API):
        return
    for name, service in ready.copy.definition.get("services", {}).items():
        if (service.get("healthcheck") or {}).get("start_interval"):
            reason = f"engine {engine.version} ignores start_interval, so it starts slower"
            yield NotAssessed(f"service {name}", reason, _OLD)
