"""The guide's figures: a formula, its two numbers and what they were counted from.

A figure that this run cannot compute is not assessed, with a reason; it is never
estimated and never left out.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from knowledge.texts import check_texts
from tasks.domain.canonical import canonical_json
from tasks.domain.evidence import Evidence
from tasks.domain.security.checks import CHECKS
from tasks.domain.verification.experiments.plans import GREEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure. ``value`` is None when it is not assessed, and then ``reason`` says why."""

    id: str
    unit: str
    formula: str
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    evidence: tuple[str, ...] = ()  # digests
    at: str | None = None
    reason: str = ""


_STARTS = "no comparison of starts has shown it: `cmi run --live` compares them"
_FORM = "nobody has answered the form"

# Id, unit, formula, and why this version cannot compute it without more.
KPIS: tuple[Kpi, ...] = (
    Kpi(
        "theory-coverage",
        "%",
        "min over theories (covered core topics / core topics of the syllabi)",
        reason="the cells that measure it (theory/integrate) are not built",
    ),
    Kpi(
        "tool-completeness",
        "%",
        "capabilities shown to work on this platform / capabilities listed, per tool",
        reason="the cell that measures it (build/integrate) is not built",
    ),
    Kpi("start-up-time", "%", "1 - time to all probes green after / before", reason=_STARTS),
    Kpi(
        "security-level",
        "%",
        "controls closed or accepted by an owner / applicable controls",
        reason="no check applies to this platform",
    ),
    Kpi(
        "operating-cost",
        "%",
        "1 - cost of requested resources after / before",
        reason=(
            "it takes `resource-prices` in cmi.yaml, services that ask for memory and cores, "
            "and `cmi run --live`, which tries sizes on a copy"
        ),
    ),
    Kpi(
        "task-completion",
        "%",
        "deliverables done / deliverables planned so far",
        reason="no deliverable is planned",
    ),
    Kpi(
        "defect-rate",
        "%",
        "changes rolled back or re-opened / accepted changes",
        reason="it takes accepted changes that are watched in use, which this version does not do",
    ),
    Kpi("team-satisfaction", "of 5", "mean of the answers", reason=_FORM),
    Kpi(
        "user-acceptance",
        "%",
        "acceptance scenarios passed / scenarios agreed",
        reason="no acceptance scenario was carried out",
    ),
)


def kpis(counted: Iterable[Kpi], at: str | None) -> tuple[Kpi, ...]:
    """List every figure of the guide: those ``counted`` now, and why the others are not.

    Args:
        counted: Figures from the functions below.
        at: When they were counted (ISO 8601); the domain has no clock.
    """
    known = {kpi.id: replace(kpi, at=at) for kpi in counted if kpi.value is not None}
    return tuple(known.get(kpi.id, kpi) for kpi in KPIS)


def applicable_controls(kinds: Collection[str]) -> dict[str, tuple[str, ...]]:
    """List the controls that checks of these ``kinds`` of definitions look after."""
    found: dict[str, tuple[str, ...]] = {}
    for check in CHECKS:
        if set(check.kinds) & set(kinds):
            for control in check_texts()[check.id].controls:
                found[control] = (*found.get(control, ()), check.id)
    return found


def security_level(
    controls: Mapping[str, Collection[str]],
    findings: Iterable[Finding],
    candidates: Iterable[Candidate],
) -> tuple[Kpi, Evidence]:
    """Count the controls that no open finding speaks against.

    Args:
        controls: Applicable controls: each with the checks that looked after it here.
        findings: A finding is open unless an owner waived it or an accepted change closes it.
        candidates: Those that are accepted close what they say they close.
    """
    closed = {each for c in candidates if c.state == "accepted" for each in c.closes}
    still_open: dict[str, list[str]] = {}
    for finding in findings:
        if not finding.waived and finding.id not in closed:
            for control in finding.controls:
                still_open.setdefault(control, []).append(finding.id)
    settled = [control for control in controls if control not in still_open]
    return share("security-level", settled, controls)


def task_completion(done: Iterable[str], owed: Collection[str]) -> tuple[Kpi, Evidence]:
    """Count the deliverables that exist among those owed by every cell of the programme.

    Cells that are not built yet count too: leaving them out would flatter us.
    """
    finished = set(done)
    return share("task-completion", [each for each in owed if each in finished], owed)


def start_up_time(experiments: Iterable[Mapping[str, Any]]) -> Kpi:
    """Take the time saved until all probes are green from an experiment that showed it.

    The two numbers are seconds: the median of the starts before, and what the median ratio
    of the pairs saves of it. An experiment that did not show its benefits gives no figure.
    """
    found = sooner(experiments)
    return _saved(found[0], found[1]["value"]) if found else _known("start-up-time")


def sooner(
    experiments: Iterable[Mapping[str, Any]],
) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Find the experiment that showed an earlier start, and the ratio with its interval."""
    for each in experiments:
        for benefit in each["plan"]["benefits"]:
            if each["verdict"] == "shown" and benefit["measure"] == GREEN:
                return each, each["ratios"][benefit["id"]]
    return None


def _saved(experiment: Mapping[str, Any], ratio: float) -> Kpi:
    counted = [each for each in experiment["samples"] if not each["excluded"]]
    before = statistics.median(e["measures"][GREEN] for e in counted if e["arm"] == "before")
    seconds, saved = round(before, 2), round(before * (1 - ratio), 2)
    return replace(
        _known("start-up-time"),
        value=percent(saved, seconds),
        numerator=saved,
        denominator=seconds,
        evidence=tuple(digest for each in counted for digest in each["evidence"]),
        reason="",
    )


def share(name: str, counted: Collection[str], of: Collection[str]) -> tuple[Kpi, Evidence]:
    """Make a percentage whose evidence lists what was counted, of what."""
    facts = {"kpi": name, "counted": sorted(counted), "of": sorted(of)}
    proof = Evidence(canonical_json(facts), "json")
    if not of:
        return _known(name), proof
    kpi = replace(
        _known(name),
        value=percent(len(counted), len(of)),
        numerator=len(counted),
        denominator=len(of),
        evidence=(proof.digest,),
        reason="",
    )
    return kpi, proof


def _known(name: str) -> Kpi:
    return next(each for each in KPIS if each.id == name)


def percent(numerator: float, denominator: float) -> float:
    """Return a percentage with one decimal."""
    return round(100 * numerator / denominator, 1)
