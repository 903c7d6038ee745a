"""Audit of the records: digest, counts, references, and each verdict from its proofs."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tasks.domain.audit import Disagreement
from tasks.domain.candidates import ProofState
from tasks.domain.canonical import digest
from tasks.domain.programme import CELLS
from tasks.domain.proofs import verdict
from tasks.domain.reporting.bundle import static_parts

# What was seen on a running copy rests on evidence. The proof of the finding follows from the
# source, and `--source` works it out again.
_MEASURED = ("probe", "ab", "rollback")

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record


def audit(bundle: Bundle) -> Iterator[Disagreement]:
    """Check everything in the index that follows from something else in it."""
    document = bundle.document
    found = digest(static_parts(document))
    if found != document["digest"]:
        yield Disagreement("digest", f"is {document['digest']}; its parts give {found}")
    yield from _counts(document["platform"])
    yield from _unique(document)
    yield from _candidates(bundle)
    yield from _combinations(document)
    yield from _cells(document)
    yield from _evidence_is_there(bundle)


def _counts(platform: Record) -> Iterator[Disagreement]:
    containers = [box for service in platform["services"] for box in service["containers"]]
    published = (port for box in containers for port in box["ports"] if port["host"] is not None)
    counted = {
        "services": len(platform["services"]),
        "containers": len(containers),
        "images": len({box["image"] for box in containers if box["image"]}),
        "published_ports": len(list(published)),
        "endpoints": len(platform["endpoints"]),
        "edges": len(platform["edges"]),
    }
    for name, count in counted.items():
        if platform["counts"][name] != count:
            what = f"says {platform['counts'][name]}; the records are {count}"
            yield Disagreement(f"platform.counts.{name}", what)


def _unique(document: Record) -> Iterator[Disagreement]:
    for kind in ("findings", "candidates", "kpis", "cells", "deliverables", "scenarios"):
        for name, times in Counter(each["id"] for each in document[kind]).items():
            if times > 1:
                yield Disagreement(f"{kind}[{name}]", f"is listed {times} times")


def _candidates(bundle: Bundle) -> Iterator[Disagreement]:
    findings = {each["id"] for each in bundle.document["findings"]}
    for each in bundle.document["candidates"]:
        where = f"candidates[{each['id']}]"
        for closed in each["closes"]:
            if closed not in findings:
                yield Disagreement(where, f"closes {closed}, which is not a finding")
        yield from _verdict(where, each)
        yield from _change(where, each, bundle)


def _verdict(where: str, candidate: Record) -> Iterator[Disagreement]:
    proofs = candidate["proofs"]
    follows = verdict({part: ProofState(proof["state"]) for part, proof in proofs.items()})
    if follows.value != candidate["state"]:
        what = f"is {candidate['state']}; its proofs make it {follows.value}"
        yield Disagreement(where, what)
    for part, proof in proofs.items():
        assessed = proof["state"] != ProofState.NOT_ASSESSED.value
        if assessed and part in _MEASURED and not proof["evidence"]:
            what = f"is {proof['state']} without evidence"
            yield Disagreement(f"{where}.proofs.{part}", what)
        if not assessed and not proof["reason"]:
            yield Disagreement(f"{where}.proofs.{part}", "is not assessed without a reason")


def _change(where: str, candidate: Record, bundle: Bundle) -> Iterator[Disagreement]:
    """The change in the index, in its file and under its hash is one and the same."""
    patch, path = candidate["patch"], candidate["patch_file"]
    data = bundle.files.get(path or candidate["recipe_file"] or "", b"")
    if (patch is None) is not (path is None) or not (path or candidate["recipe_file"]):
        yield Disagreement(where, "has neither a patch with its file nor a recipe")
    if patch is not None and data != patch.encode():
        yield Disagreement(where, f"has another patch than {path}")
    if hashlib.sha256(data).hexdigest() != candidate["sha256"]:
        yield Disagreement(where, "has another hash than its change")


def _combinations(document: Record) -> Iterator[Disagreement]:
    states = {each["id"]: each["state"] for each in document["candidates"]}
    for name, wanted in (("accepted", "accepted"), ("proposed", "undecided")):
        part = document[name]
        for candidate in part["order"]:
            if states.get(candidate) != wanted:
                what = f"takes {candidate}, which is {states.get(candidate, 'not a candidate')}"
                yield Disagreement(name, what)
        for each in part["left_out"]:
            if each["id"] not in states:
                yield Disagreement(name, f"leaves out {each['id']}, which is not a candidate")
        if bool(part["file"] or part["recipe_file"]) is not bool(part["order"]):
            yield Disagreement(name, "has a change without candidates, or candidates without one")


def _cells(document: Record) -> Iterator[Disagreement]:
    known = {cell.id: cell for cell in CELLS}
    listed = {each["id"]: each for each in document["cells"]}
    for name in known.keys() - listed.keys():
        yield Disagreement(f"cells[{name}]", "is not listed")
    for name in listed.keys() - known.keys():
        yield Disagreement(f"cells[{name}]", "is not a cell of the programme")
    for name in known.keys() & listed.keys():
        if tuple(listed[name]["owes"]) != known[name].owes:
            yield Disagreement(f"cells[{name}]", "owes other deliverables than its programme says")


def _evidence_is_there(bundle: Bundle) -> Iterator[Disagreement]:
    held = {PurePosixPath(path).stem for path in bundle.files if path.startswith("evidence/")}
    for where, digests in _evidence_named(bundle.document):
        for each in digests:
            if each not in held:
                yield Disagreement(where, f"rests on evidence {each}, which is not there")


def _evidence_named(document: Record) -> Iterator[tuple[str, Iterable[str]]]:
    for kind in ("findings", "kpis", "scenarios"):
        for each in document[kind]:
            yield f"{kind}[{each['id']}]", each["evidence"]
    for each in document["candidates"]:
        for part, proof in each["proofs"].items():
            yield f"candidates[{each['id']}].proofs.{part}", proof["evidence"]
