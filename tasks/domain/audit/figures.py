"""Audit of the figures: each from its two numbers, its evidence and the records."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from tasks.domain.audit import Disagreement
from tasks.domain.candidates import Candidate, CandidateState
from tasks.domain.kpis import KPIS, percent, start_up_time
from tasks.domain.programme import CELLS
from tasks.domain.reporting.summary import open_findings
from tasks.domain.verification.costs import (
    accepted_sizes,
    bill_of,
    operating_cost,
    with_sizes,
)
from tasks.domain.verification.records import record_of
from tasks.domain.verification.sizing import TooShortError
from tasks.domain.verification.soaks import Soak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record


def audit(bundle: Bundle) -> Iterator[Disagreement]:
    """Work every figure out again. None may be missing, and none without a source."""
    listed = {each["id"] for each in bundle.document["kpis"]}
    for kpi in KPIS:
        if kpi.id not in listed:
            yield Disagreement(f"kpis[{kpi.id}]", "is not listed")
    for each in bundle.document["kpis"]:
        where = f"kpis[{each['id']}]"
        judge = _missing if each["value"] is None else _JUDGES.get(each["id"], _counted)
        yield from (Disagreement(where, what) for what in judge(each, bundle))


def _missing(kpi: Record, bundle: Bundle) -> Iterator[str]:
    if not kpi["reason"]:
        yield "is not assessed without a reason"
    if kpi["numerator"] is not None or kpi["denominator"] is not None:
        yield "is not assessed and has numbers"


def _counted(kpi: Record, bundle: Bundle) -> Iterator[str]:
    numerator, denominator = kpi["numerator"], kpi["denominator"]
    if not denominator or numerator is None:
        yield "has a value and not the two numbers that it comes from"
        return
    follows = percent(numerator, denominator)
    if kpi["value"] != follows:
        yield f"says {kpi['value']}; {numerator} / {denominator} is {follows}"
    facts = _facts(kpi, bundle)
    if facts is None:
        yield "has no evidence that lists what was counted"
        return
    if (len(facts["counted"]), len(facts["of"])) != (numerator, denominator):
        counted = f"{len(facts['counted'])} / {len(facts['of'])}"
        yield f"says {numerator} / {denominator}; its evidence lists {counted}"
    owed = _of(kpi["id"], bundle.document)
    if owed is not None and sorted(facts["of"]) != owed:
        yield f"is counted of {len(facts['of'])}; there are {len(owed)}"
    again = _again(kpi["id"], facts, bundle.document)
    if again is not None and sorted(facts["counted"]) != again:
        yield f"counts {len(facts['counted'])} in its evidence; the records give {len(again)}"


def _compared(kpi: Record, bundle: Bundle) -> Iterator[str]:
    """Take it again from the experiments, which `experiments.audit` judges again."""
    try:
        again = start_up_time(bundle.document["experiments"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        yield f"cannot be taken from the experiments: {error}"
        return
    for name in ("value", "numerator", "denominator"):
        if kpi[name] != getattr(again, name):
            yield f"says {kpi[name]} as its {name}; the experiments give {getattr(again, name)}"
    if tuple(kpi["evidence"]) != again.evidence:
        yield "names other evidence than the experiments"


def _priced(kpi: Record, bundle: Bundle) -> Iterator[str]:
    """Add the bill up again; what it takes for accepted must be, and must be what a soak bore."""
    found = [told for told in map(partial(_document, bundle), kpi["evidence"]) if told]
    try:
        told = bill_of(found[0])
        again, proof = operating_cost(told)
        sizes = accepted_sizes(*_accepted(bundle))
    except (IndexError, KeyError, TypeError, ValueError, AttributeError, TooShortError) as error:
        yield f"has no evidence of what is asked for: {error!r}"
        return
    for name in ("value", "numerator", "denominator"):
        if kpi[name] != getattr(again, name):
            yield f"says {kpi[name]} as its {name}; its evidence gives {getattr(again, name)}"
    if tuple(kpi["evidence"]) != (proof.digest,):
        yield "rests on other evidence than its own bill"
    if told.after != with_sizes(told.before, sizes):
        yield "takes for accepted what no soak of an accepted change bore"


def _accepted(bundle: Bundle) -> tuple[list[Candidate], Soak | None]:
    """Read the accepted changes back, and the soak on which their sizes rest."""
    taken = [each for each in bundle.document["candidates"] if each["state"] == "accepted"]
    digests = {d for each in taken for d in each["proofs"]["finding"]["evidence"]}
    records = (record_of(bundle.files.get(f"evidence/{each}.json", b"")) for each in digests)
    soak = next((each for each in records if isinstance(each, Soak)), None)
    made = [
        Candidate(
            e["id"],
            e["kind"],
            tuple(e["closes"]),
            e["subject"],
            (),
            state=CandidateState.ACCEPTED,
        )
        for e in taken
    ]
    return made, soak


def _document(bundle: Bundle, digest: str) -> dict[str, Any]:
    try:
        told: Any = json.loads(bundle.files[f"evidence/{digest}.json"])
    except (KeyError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


_JUDGES: Mapping[str, Callable[[Record, Bundle], Iterator[str]]] = {
    "start-up-time": _compared,
    "operating-cost": _priced,
}


def _facts(kpi: Record, bundle: Bundle) -> dict[str, list[str]] | None:
    """Read the evidence of a count; anything but two lists of texts is none."""
    for digest in kpi["evidence"]:
        facts = _document(bundle, digest)
        if facts.get("kpi") == kpi["id"]:
            lists = {name: facts.get(name) for name in ("counted", "of")}
            if all(_is_texts(each) for each in lists.values()):
                return lists  # type: ignore[return-value]  # just checked
    return None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _of(name: str, document: Record) -> list[str] | None:
    """Say of what a figure is counted, where programme or records know."""
    if name == "task-completion":
        return sorted(owed for cell in CELLS for owed in cell.owes)
    if name == "user-acceptance":
        return sorted(each["id"] for each in document["scenarios"])
    return None


def _again(name: str, facts: dict[str, list[str]], document: Record) -> list[str] | None:
    """Count again from the records what the evidence counted, where they know."""
    if name == "security-level":
        still_open = {c for finding in open_findings(document) for c in finding["controls"]}
        return sorted(set(facts["of"]) - still_open)
    if name == "task-completion":
        done = {each["id"] for each in document["deliverables"]}
        done |= {
            owed for cell in document["cells"] if cell["state"] == "done" for owed in _records(cell)
        }
        return sorted(done & set(facts["of"]))
    if name == "user-acceptance":
        return sorted(e["id"] for e in document["scenarios"] if e["state"] == "passed")
    return None


def _records(cell: Record) -> set[str]:
    """Deliverables that are records of the bundle and no documents."""
    return {"findings", "candidates"} & set(cell["owes"])
