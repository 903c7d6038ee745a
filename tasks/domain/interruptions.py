"""Interruptions: the reasons to stop a programme, what may be done then, and who decided it.

The eight kinds and their strategies of recovery are data. A kind says which cells it
usually concerns, so that whoever decides knows where to look first; what really became
stale is told by the digests of what each cell was made from (`tasks.domain.impact`).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class Nature(StrEnum):
    """Where a reason comes from; it decides which strategies of recovery are offered."""

    TECHNICAL = "technical"
    BUSINESS = "business"


class Kind(StrEnum):
    """Why a programme stops."""

    TECHNOLOGY = "technology"
    VULNERABILITY = "vulnerability"
    PERFORMANCE = "performance"
    COST = "cost"
    STRATEGY = "strategy"
    MARKET = "market"
    RESOURCES = "resources"
    COMPLIANCE = "compliance"


class Strategy(StrEnum):
    """What is done about it, beside going on, replanning or stopping."""

    ASSESS = "assess"
    MITIGATE = "mitigate"
    ADJUST_PLAN = "adjust-plan"
    TRAIN = "train"
    ASSESS_IMPACT = "assess-impact"
    ALTERNATIVES = "alternatives"
    MOVE_RESOURCES = "move-resources"
    COMMUNICATE = "communicate"


class Choice(StrEnum):
    """How the run goes on."""

    RESUME = "resume"
    REPLAN = "replan"
    STOP = "stop"


STRATEGIES: Mapping[Nature, tuple[Strategy, ...]] = {
    Nature.TECHNICAL: (Strategy.ASSESS, Strategy.MITIGATE, Strategy.ADJUST_PLAN, Strategy.TRAIN),
    Nature.BUSINESS: (
        Strategy.ASSESS_IMPACT,
        Strategy.ALTERNATIVES,
        Strategy.MOVE_RESOURCES,
        Strategy.COMMUNICATE,
    ),
}


@dataclass(frozen=True, slots=True)
class Trait:
    """What is known of a kind. ``watched``: a signal of ours raises it, not people alone."""

    nature: Nature
    concerns: tuple[str, ...] = ()  # cells, whether built or not
    watched: bool = False


_SECURITY = ("build/security", "verify/security", "optimise/harden")
KINDS: Mapping[Kind, Trait] = {
    Kind.TECHNOLOGY: Trait(Nature.TECHNICAL, ("build/security", "optimise/deploy"), watched=True),
    Kind.VULNERABILITY: Trait(Nature.TECHNICAL, _SECURITY),
    Kind.PERFORMANCE: Trait(
        Nature.TECHNICAL,
        ("build/baseline", "verify/performance", "optimise/performance"),
        watched=True,
    ),
    Kind.COST: Trait(Nature.TECHNICAL, watched=True),
    Kind.STRATEGY: Trait(Nature.BUSINESS),
    Kind.MARKET: Trait(Nature.BUSINESS),
    Kind.RESOURCES: Trait(Nature.BUSINESS, watched=True),
    Kind.COMPLIANCE: Trait(Nature.BUSINESS, _SECURITY, watched=True),
}

STOPPED = "stopped by decision of"
SIGNAL = "cmi"  # who raised it, when it was no person


@dataclass(frozen=True, slots=True)
class Trigger:
    """One reason to stop. The same ``subject`` of a kind stops a run once."""

    kind: Kind
    subject: str
    reason: str
    by: str = SIGNAL
    source: str = "signal"  # or command, event, deployment
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody decided, and why. ``quick`` and ``without`` are parts of a new plan."""

    choice: Choice
    by: str
    reason: str
    strategies: tuple[Strategy, ...] = ()
    quick: bool = False
    without: tuple[str, ...] = ()  # workstreams that the new plan leaves out
    via: str = "command"


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, and its answer once there is one. Times are ISO 8601 in UTC."""

    run: str
    gate: str
    question: Mapping[str, Any]
    asked_at: str
    answer: Answer | None = None
    answered_at: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What all decisions on a run come to, and the last one that stopped it."""

    quick: bool = False
    without: Mapping[str, str] = field(default_factory=dict)  # workstream: why it is left out
    stopped: str = ""  # why; empty while the run goes on


def course_of(decisions: Iterable[Decision]) -> Course:
    """Fold decisions, oldest first: each replan adds to the plan, a stop is final."""
    quick, without, stopped = False, dict[str, str](), ""
    for each in decisions:
        if each.answer is None:
            continue
        why = f"left out by decision of {each.answer.by}: {each.answer.reason}"
        if each.answer.choice is Choice.REPLAN:
            quick = quick or each.answer.quick
            without |= dict.fromkeys(each.answer.without, why)
        if each.answer.choice is Choice.STOP:
            stopped = f"{STOPPED} {each.answer.by}: {each.answer.reason}"
    return Course(quick, without, stopped)


def offered(kinds: tuple[Kind, ...]) -> tuple[Strategy, ...]:
    """List the strategies for reasons of these kinds, technical ones first, each once."""
    natures = {KINDS[kind].nature for kind in kinds}
    return tuple(each for nature in Nature if nature in natures for each in STRATEGIES[nature])


def answer_of(document: Mapping[str, Any]) -> Answer:
    """Read an answer from its plain form."""
    return Answer(
        Choice(document["choice"]),
        str(document["by"]),
        str(document["reason"]),
        tuple(Strategy(each) for each in document.get("strategies", ())),
        bool(document.get("quick", False)),
        tuple(document.get("without", ())),
        str(document.get("via", "command")),
    )
