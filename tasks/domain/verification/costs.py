"""What the requests of a platform cost a month, as written and with the sizes that were accepted.

Only what somebody asks for is paid for: a service without a request of memory and of cores has
no price today, so nothing can be said to be saved on it. It is left out, and named.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  # dataclass fields resolve at run time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tasks.domain.candidates import CandidateState
from tasks.domain.canonical import canonical_json, plain
from tasks.domain.evidence import Evidence
from tasks.domain.kpis import KPIS, Kpi, percent
from tasks.domain.verification.sizing import Prices, Size, month, size
from tasks.domain.verification.soaks import sized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.candidates import Candidate
    from tasks.domain.outcomes import Deployed, Measured
    from tasks.domain.platform.model import Platform, Service
    from tasks.domain.verification.soaks import Soak

ID = "operating-cost"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one service asks for: bytes and cores of each of its replicas."""

    memory: int
    cores: float
    replicas: int = 1


@dataclass(frozen=True, slots=True)
class Bill:
    """What services ask for, as written and with accepted sizes; ``left_out`` ask for nothing."""

    prices: Prices
    before: Mapping[str, Asked] = field(default_factory=dict)
    after: Mapping[str, Asked] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def months(self) -> tuple[float, float]:
        """Add up what a month costs, before and after."""
        before, after = (
            sum(_month(each, self.prices) for each in asked.values())
            for asked in (self.before, self.after)
        )
        return before, after


def accepted_sizes(candidates: Iterable[Candidate], soak: Soak | None) -> dict[str, Size]:
    """Give the sizes of those changes that all proofs carry, made again from their use."""
    uses = {each.service: each for each in soak.watched} if soak else {}
    names = {
        name
        for each in candidates
        if each.state is CandidateState.ACCEPTED
        for name in sized(each.closes, each.subject)
    }
    return {name: size(uses[name].memory, uses[name].cores) for name in sorted(names & uses.keys())}


def bill(platform: Platform, sizes: Mapping[str, Size], prices: Prices) -> Bill:
    """Say what each service asks for today, and what it will with ``sizes``."""
    written = {each.name: _asked(each) for each in platform.services}
    before = {name: each for name, each in written.items() if each}
    left_out = tuple(name for name, each in written.items() if not each)
    return Bill(prices, before, with_sizes(before, sizes), left_out)


def with_sizes(before: Mapping[str, Asked], sizes: Mapping[str, Size]) -> dict[str, Asked]:
    """Put ``sizes`` in the place of what is written, where anything is."""
    return {
        name: replace(each, memory=sizes[name].memory_request, cores=sizes[name].cpu_request)
        if name in sizes
        else each
        for name, each in before.items()
    }


def billed(platform: Platform, measured: Measured, deployed: Deployed) -> Bill | None:
    """Say what a programme's accepted sizes make of the requests; nothing without prices."""
    if measured.prices is None:
        return None
    sizes = accepted_sizes(deployed.hardened.candidates, deployed.whole.returned.soak)
    return bill(platform, sizes, measured.prices)


def operating_cost(told: Bill) -> tuple[Kpi, Evidence]:
    """Make the figure: what is saved of a month, of what it costs today."""
    proof = Evidence(canonical_json({"kpi": ID, **plain(told)}), "json")
    known = next(each for each in KPIS if each.id == ID)
    before, after = told.months()
    paid, saved = round(before, 2), round(before - after, 2)
    if not paid:
        return known, proof
    kpi = replace(
        known,
        value=percent(saved, paid),
        numerator=saved,
        denominator=paid,
        evidence=(proof.digest,),
        reason="",
    )
    return kpi, proof


def bill_of(document: Mapping[str, Any]) -> Bill:
    """Read a bill from its evidence.

    Raises:
        TypeError, KeyError, AttributeError: it is not in the shape of one.
    """
    before, after = (
        {name: Asked(**each) for name, each in document[part].items()}
        for part in ("before", "after")
    )
    return Bill(Prices(**document["prices"]), before, after, tuple(document["left_out"]))


def _month(asked: Asked, prices: Prices) -> float:
    one = Size(asked.memory, asked.memory, asked.cores, None)
    return month(one, prices, asked.replicas)


def _asked(service: Service) -> Asked | None:
    """Add up what its containers ask for; nothing, unless each says both."""
    told = [each.resources for each in service.containers if each.role == "main"]
    memory = [each.memory_request.value for each in told if each.memory_request]
    cores = [each.cpu_request.value for each in told if each.cpu_request]
    if not told or not len(memory) == len(cores) == len(told):
        return None
    copies = service.replicas.value if service.replicas else 1
    return Asked(sum(memory), sum(cores), max(0, copies))
