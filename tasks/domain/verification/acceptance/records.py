"""Scenarios and how they went, as the evidence of a bundle, and read back from there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import canonical_json, plain
from tasks.domain.evidence import Evidence
from tasks.domain.verification.acceptance.judging import Act, Course, Seen, judge
from tasks.domain.verification.acceptance.scenarios import Check, Claim, Kind, Scenario, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND = "scenario"


def evidence_of(act: Act) -> Evidence:
    """Serialise a scenario with everything that was seen of it."""
    return Evidence(canonical_json({"kind": KIND, **plain(act)}), "json")


def record_of(act: Act) -> dict[str, Any]:
    """Record a scenario for the index of a bundle: where it stands, and what it came to."""
    judged = judge(act.scenario, act.course)
    return {
        "id": act.scenario.name,
        "file": act.scenario.file,
        "line": act.scenario.line,
        "state": judged.state.value,
        "reason": judged.reason,
        "evidence": [evidence_of(act).digest],
    }


def act_of(data: bytes) -> Act | None:
    """Read evidence of a scenario back; None when it is none."""
    try:
        told: Any = json.loads(data)
        if told["kind"] != KIND:
            return None
        return Act(_scenario(told["scenario"]), _course(told["course"]))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _scenario(told: Mapping[str, Any]) -> Scenario:
    given, when = (tuple(map(_step, told[part])) for part in ("given", "when"))
    then = tuple(map(_check, told["then"]))
    return Scenario(**{**told, "given": given, "when": when, "then": then})


def _step(told: Mapping[str, Any]) -> Step:
    return Step(**{**told, "kind": Kind(told["kind"]), "command": tuple(told["command"])})


def _check(told: Mapping[str, Any]) -> Check:
    step = _step(told["step"]) if told["step"] else None
    return Check(**{**told, "claim": Claim(told["claim"]), "step": step})


def _course(told: Mapping[str, Any]) -> Course:
    parts = {n: tuple(map(_seen, told[n])) for n in ("given", "before", "when", "after")}
    return Course(**{**told, **parts})


def _seen(told: Mapping[str, Any]) -> Seen:
    return Seen(**{**told, "holds": tuple(told["holds"])})
