"""What was measured on copies: the platform as it is, and against the changed one."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tasks.domain.reporting.deliverables import LANGUAGES, Deliverable
from tasks.domain.reporting.deliverables.phrases import columns
from tasks.domain.reporting.deliverables.regressed import regressed
from tasks.domain.reporting.markdown import bullets, code, document, escape, table
from tasks.domain.reporting.texts import Wording, wording
from tasks.domain.sentences import in_language
from tasks.domain.verification.confirmations import foresight
from tasks.domain.verification.experiments.estimates import log_ratios, ratio
from tasks.domain.verification.experiments.judgement import audit, whole_pairs
from tasks.domain.verification.experiments.plans import (
    CPU,
    GREEN,
    HEALTHY,
    IDLE,
    MEMORY,
    STOP,
    WARM,
    Arm,
)
from tasks.domain.verification.regressions.judging import figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tasks.domain.verification.confirmations import Noise
    from tasks.domain.verification.experiments.judgement import Sample
    from tasks.domain.verification.experiments.power import Foresight
    from tasks.domain.verification.gate import Trial
    from tasks.domain.verification.regressions.judging import Lookback
    from tasks.domain.verification.trials import Compared

MEASURES = (GREEN, HEALTHY, MEMORY, CPU, IDLE, STOP, WARM)
_MIB = 1 << 20


def noise_report(entry: str, noise: Noise, lookback: Lookback) -> Deliverable:
    """Write the deliverable ``performance-baseline``."""
    return _in_each("performance-baseline", lambda say: _noise(entry, noise, lookback, say))


def comparison_report(entry: str, compared: Compared, noise: Noise) -> Deliverable:
    """Write the deliverable ``optimisation-report``."""
    return _in_each("optimisation-report", lambda say: _comparison(entry, compared, noise, say))


def _in_each(name: str, text: Callable[[Wording], str]) -> Deliverable:
    return Deliverable(name, {each: text(wording(each, "deliverables")) for each in LANGUAGES})


def _noise(entry: str, noise: Noise, lookback: Lookback, say: Wording) -> str:
    title = say("performance.title", entry=escape(entry))
    if not noise.samples:
        return document(title, _because(noise.reason, say))
    rows = [
        [
            say(f"performance.measure.{each}"),
            figure(statistics.median(_values(noise.samples, each)), each),
            figure(min(_values(noise.samples, each)), each),
            figure(max(_values(noise.samples, each)), each),
            f"{100 * noise.spread(each):.1f} %",
        ]
        for each in _taken(noise.samples)
    ]
    return document(
        title,
        say("performance.summary", n=len(noise.samples)),
        table(columns(say("performance.table")), rows),
        _load(noise.samples, say),
        regressed(lookback, say),
    )


def _comparison(entry: str, compared: Compared, noise: Noise, say: Wording) -> str:
    title = say("optimisation.title", entry=escape(entry))
    trial = compared.trial
    if trial is None:
        return document(title, _because(compared.reason, say))
    found = audit(trial.plan, trial.samples)
    foreseen = foresight(trial.plan, noise)
    told = say(
        "optimisation.summary",
        members=len(trial.plan.candidates),
        pairs=found.pairs,
        excluded=found.excluded,
    )
    verdict = say("optimisation.verdict", reason=in_language(found.reason, say.language))
    return document(
        title,
        f"{told} {verdict}",
        _ratios(trial, found.held, say),
        _protocol(trial, say, foreseen),
        _restarts(trial.samples, say),
        _samples(trial.samples, say),
        _members(trial, say),
        _load(trial.samples, say),
    )


def _ratios(trial: Trial, held: frozenset[str], say: Wording) -> str:
    """Give each measure's ratio; those without a claim are told beside, and decide nothing."""
    pairs = whole_pairs(trial.samples)
    rows = []
    for each in _taken([one for pair in pairs for one in pair]):
        both = [(one.measures[each], other.measures[each]) for one, other in pairs]
        found = ratio(log_ratios(both), trial.plan.alpha)
        bounds = [_shorter(found.high), _shorter(found.low)]
        rows.append(
            [
                say(f"performance.measure.{each}"),
                figure(statistics.median(b for b, _ in both), each),
                figure(statistics.median(a for _, a in both), each),
                _shorter(found.value),
                say("optimisation.bounds", low=bounds[0], high=bounds[1]),
                _role(each, trial, held, say),
            ]
        )
    return f"## {say('optimisation.figures')}\n\n{table(columns(say('optimisation.table')), rows)}"


def _role(measure: str, trial: Trial, held: frozenset[str], say: Wording) -> str:
    """Say what a measure decides; a claim that hinders nothing says itself whether it is shown."""
    for claim in trial.plan.beside:
        if claim.measure == measure:
            known = "claimed_shown" if claim.id in held else "claimed_not_shown"
            return say(f"optimisation.{known}", least=f"{100 * claim.least:.0f}")
    claimed = measure in {each.measure for each in trial.plan.claims}
    return say("optimisation.claimed" if claimed else "optimisation.beside")


def _shorter(value: float) -> str:
    """Say a ratio as what it takes away; without a bound there is nothing to say."""
    return "-" if value in {0.0, float("inf")} else f"{100 * (1 - value):.1f} %"


def _protocol(trial: Trial, say: Wording, foreseen: Foresight) -> str:
    plan = trial.plan
    rule, power = ("rule", "power") if plan.benefits else ("rule_safe", "power_safe")
    chance = say(f"optimisation.{power}", chance=f"{100 * foreseen.chance:.0f}")
    enough = "beyond" if foreseen.pairs is None else "within"
    takes = say(f"optimisation.{enough}", pairs=foreseen.pairs or 0, most=plan.most_pairs)
    guards = say("comma").join(f"{g.measure} +{100 * g.margin:.0f} %" for g in plan.guards)
    lines = [
        say("optimisation.seed", seed=code(plan.seed), name=code(plan.name)),
        say(f"optimisation.{rule}", alpha=f"{100 * plan.alpha:.0f}", most=plan.most_pairs),
        say("optimisation.guards", guards=guards or say("none")),
        f"{chance} {takes}",
        say("optimisation.cannot"),
    ]
    return f"## {say('optimisation.protocol')}\n\n{bullets(lines)}"


def _samples(samples: Sequence[Sample], say: Wording) -> str:
    measures = _taken(samples)
    rows = [
        [
            str(each.position),
            say(f"optimisation.arm.{each.arm.value}"),
            *(figure(each.measures[name], name) for name in measures),
            escape(each.excluded) or say("dash"),
        ]
        for each in samples
    ]
    ends = columns(say("optimisation.samples_table"))
    named = [say(f"optimisation.column.{name}") for name in measures]
    listed = table((*ends[:2], *named, *ends[2:]), rows)
    return f"## {say('optimisation.samples')}\n\n{listed}"


def _restarts(samples: Sequence[Sample], say: Wording) -> str:
    """Tell how long each service takes to be there again when it alone is restarted."""
    found = [(s.arm, s.raw["restart"]) for s in samples if s.raw.get("restart")]
    if not found:
        return ""
    rows = []
    for name in sorted({each["service"] for _, each in found}):
        cells = [code(name)]
        for arm in (Arm.BEFORE, Arm.AFTER):
            took = [e["seconds"] for a, e in found if a is arm and e["service"] == name]
            middle = figure(statistics.median(took), GREEN) if took else say("dash")
            cells += [middle, str(len(took))]
        rows.append(cells)
    listed = table(columns(say("optimisation.restarts_table")), rows)
    text = say("optimisation.restarts_text")
    return f"## {say('optimisation.restarts')}\n\n{text}\n\n{listed}"


def _members(trial: Trial, say: Wording) -> str:
    lines = [code(each) for each in trial.plan.candidates]
    heading = f"## {say('optimisation.members')}\n\n{say('optimisation.members_text')}\n\n"
    return heading + bullets(lines)


def _load(samples: Sequence[Sample], say: Wording) -> str:
    hosts = [each.raw["host"] for each in samples if "host" in each.raw]
    if not hosts:
        return ""
    load = say(
        "performance.load",
        low=f"{min(h['load_before'] for h in hosts):.1f}",
        high=f"{max(h['load_after'] for h in hosts):.1f}",
        foreign=f"{statistics.median(h['foreign_seconds'] for h in hosts):.1f}",
    )
    if not all("idle_own" in each for each in hosts):
        return load  # starts that were taken before this was looked at
    own = say(
        "performance.own",
        idle=f"{100 * statistics.median(h['idle_own'] for h in hosts):.1f}",
        start=f"{statistics.median(h['own_seconds'] for h in hosts):.1f}",
        programs=f"{statistics.median(h['programs_seconds'] for h in hosts):.1f}",
    )
    part = "" if all(h["idle_whole"] for h in hosts) else say("performance.part")
    return f"{load} {own} {part}".strip()


def _because(reason: str, say: Wording) -> str:
    return say("performance.nothing", reason=escape(in_language(reason, say.language)))


def _taken(samples: Sequence[Sample]) -> list[str]:
    """Name what every one of these starts was measured by; of none, there is nothing to tell."""
    return [name for name in MEASURES if samples and all(name in s.measures for s in samples)]


def _values(samples: Sequence[Sample], measure: str) -> list[float]:
    return [each.measures[measure] for each in samples]
