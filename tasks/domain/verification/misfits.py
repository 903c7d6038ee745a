"""Sizes that do not fit: what is written of memory and cores, against what a load needed.

Only a declared load says what a service needs: probes that ask now and then show what it is
like at rest, and who sizes by that kills it on its first busy day. So a service that no probe
with a rate reaches is not judged, nor one whose load came late, failed or was watched too
briefly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.assess import finding_of
from tasks.domain.candidates import ProofState
from tasks.domain.findings import MEASURED, Hit, Severity
from tasks.domain.platform.model import NotAssessed
from tasks.domain.security.checks.parts import parts
from tasks.domain.verification.load.knees import ANSWERED
from tasks.domain.verification.sizing import MEBIBYTE, Size, size, worst_cores
from tasks.domain.verification.sizings import short
from tasks.domain.verification.soaks import proof_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Resources
    from tasks.domain.platform.model import Platform
    from tasks.domain.verification.load.latencies import Borne
    from tasks.domain.verification.sizings import Use
    from tasks.domain.verification.soaks import Soak

*_, SIZE = MEASURED
# What is this much larger than what fits is paid for and never used.
TOO_MUCH = 2
_DASH = "–"  # noqa: RUF001  # of what is not written
_WHOLE = NotAssessed(
    "sizes under a declared load",
    "no probe in cmi.yaml has a `rate`, and probes alone are no load",
    "Give the probes that stand for your users a `rate`, then run again.",
)
_UNREACHED = (
    "no probe with a `rate` reaches it, so nobody knows what it needs under load",
    "Give a probe that reaches it a `rate`, then run again.",
)
_LATE = (
    "the load that reaches it was sent late, so it was less than declared",
    "Run again on a machine that does less, or with a lower `rate`.",
)
_NOT_BORNE = (
    "too many requests of the load that reaches it failed",
    "Lower the `rate`, or look at its log: `docker compose logs`.",
)
_BRIEF = ("it was not watched for long enough", "Look at its log: `docker compose logs`.")


@dataclass(frozen=True, slots=True)
class Misfits:
    """What is written and does not fit, and what could not be judged."""

    findings: tuple[Finding, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


def misfits(platform: Platform, uses: Sequence[Use], borne: Sequence[Borne]) -> Misfits:
    """Compare what is written for each service that was watched with what its load needed."""
    if not uses or not borne:
        return Misfits(not_assessed=(_WHOLE,) if uses else ())
    written = {each.subject: each.container for each in parts(platform, "main")}
    loads, brief = _loads(platform, borne), short(uses)
    findings, missing = [], []
    for use in uses:
        because = _BRIEF if use.service in brief else _unknown(loads.get(use.service, ()))
        if because:
            missing.append(NotAssessed(f"size of {use.service}", *because))
        elif use.service in written:
            box = written[use.service]
            if facts := _misfit(box.resources, use):
                severity = Severity.LOW if facts["case"] == "high" else None
                hit = Hit(use.service, box.place, box.path, facts, severity)
                findings.append(finding_of(SIZE, hit))
    return Misfits(tuple(findings), tuple(missing))


def still_there(
    findings: Iterable[Finding], after: Platform, uses: Sequence[Use], soak: Soak | None
) -> tuple[Finding, ...]:
    """Name those of ``findings`` that a platform with changes still has.

    What is written there must fit, and a soak must have borne it: without one nothing is closed.
    """
    written = {each.subject: each.container.resources for each in parts(after, "main")}
    used = {each.service: each for each in uses}
    return tuple(
        each
        for each in findings
        if each.check == SIZE
        and (
            each.subject not in written
            or bool(_misfit(written[each.subject], used[each.subject]))
            or proof_of(soak, (each.subject,)).state is not ProofState.PASSED
        )
    )


def _loads(platform: Platform, borne: Sequence[Borne]) -> dict[str, list[Borne]]:
    """Map each service to the loads that reach it: its own, and those of all who need it."""
    needs: dict[str, set[str]] = {}
    for edge in platform.edges:
        needs.setdefault(edge.source, set()).add(edge.target)
    found: dict[str, list[Borne]] = {}
    for each in borne:
        reached, ahead = {each.service}, [each.service]
        while ahead:
            fresh = needs.get(ahead.pop(), set()) - reached
            reached |= fresh
            ahead += fresh
        for name in reached:
            found.setdefault(name, []).append(each)
    return found


def _unknown(loads: Sequence[Borne]) -> tuple[str, str] | None:
    """Say why the loads that reach a service do not tell its size, and what helps."""
    if not loads:
        return _UNREACHED
    if not all(each.found.trusted for each in loads):
        return _LATE
    if any(e.found.errors > (1 - ANSWERED) * e.found.requests for e in loads):
        return _NOT_BORNE
    return None


def _misfit(written: Resources, use: Use) -> dict[str, str]:
    """Say what does not fit; nothing when all does, or when nobody can read what is written."""
    wanted = size(use.memory, use.cores)
    amounts = _amounts(written)
    case = "" if written.invalid else _case(amounts, wanted, use)
    if not case:
        return {}
    listed = [f"{name} {_shown(name, each)}" for name, each in amounts.items() if each]
    return {
        "case": case,
        "peak": f"{max(use.memory) / MEBIBYTE:.0f} MiB",
        "burst": f"{max(use.cores):.2f}",
        "written": ", ".join(listed) or _DASH,
        **leaves(wanted),
    }


def leaves(wanted: Size) -> dict[str, str]:
    """Give a size as Compose takes it."""
    return {
        "memory": f"{wanted.memory_limit // MEBIBYTE}M",
        "reserved": f"{wanted.memory_request // MEBIBYTE}M",
        "cpus": f"{wanted.cpu_limit or 0.0:.2f}",
        "share": f"{wanted.cpu_request:.2f}",
    }


def _amounts(written: Resources) -> dict[str, float]:
    """Give what is written; nothing of it, or none that holds, is 0."""
    sited = {
        "limits.memory": written.memory_limit,
        "limits.cpus": written.cpu_limit,
        "reservations.memory": written.memory_request,
        "reservations.cpus": written.cpu_request,
    }
    return {name: float(each.value) if each else 0.0 for name, each in sited.items()}


def _case(amounts: Mapping[str, float], wanted: Size, use: Use) -> str:
    memory, cores, reserved, share = amounts.values()
    if 0 < memory < wanted.memory_limit or 0 < cores < worst_cores(use.cores):
        return "low"
    if not memory or not (cores or share):
        return "none"
    fits = (wanted.memory_limit, wanted.cpu_limit or 0.0, wanted.memory_request, wanted.cpu_request)
    written = (memory, cores, reserved, share)
    return "high" if any(w >= TOO_MUCH * f for w, f in zip(written, fits, strict=True)) else ""


def _shown(name: str, amount: float) -> str:
    return f"{amount / MEBIBYTE:.0f} MiB" if name.endswith("memory") else f"{amount:.2f}"
