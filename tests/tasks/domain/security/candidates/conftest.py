"""A small world for kinds of change: files in, the changed files and the reasons out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tasks.domain.assess import assess
from tasks.domain.candidates import Candidate, ProofState
from tasks.domain.insertions import merged
from tasks.domain.patches import apply_edits
from tasks.domain.platform.entries import discover
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose_with_reasons
from tasks.tools.platforms import read_platform
from tasks.tools.roundtrip import prove


@dataclass(frozen=True)
class Outcome:
    """What one kind of change made of some files, and why not of others."""

    candidates: tuple[Candidate, ...]
    texts: dict[str, str]
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The only file."""
        (text,) = self.texts.values()
        return text


Attempt = Callable[..., Outcome]


@pytest.fixture
def attempt() -> Attempt:
    """Make all candidates of a kind, prove each by a round trip, and apply them all."""

    def run(kind: str, *files: str, names: tuple[str, ...] = ("compose.yaml",)) -> Outcome:
        source = Source("t", {name: text.encode() for name, text in zip(names, files, strict=True)})
        if "apiVersion:" in files[0]:
            entry = next(e for e in discover(source) if e.kind is EntryKind.KUBERNETES)
        else:
            defined = tuple(name for name in names if name.endswith(".yaml"))
            entry = Entry("e", EntryKind.COMPOSE, defined)
        platform = read_platform(source, entry)
        findings = assess(platform)
        proposed = propose_with_reasons(platform, findings, source)
        found = tuple(each for each in proposed.candidates if each.kind == kind)
        for each in found:
            assert bool(each.patch) != bool(each.recipe)
            proof = prove(each, source, platform, findings)
            assert proof.state is ProofState.PASSED, proof.reason
        texts = {
            name: apply_edits(text, merged(e for c in found for e in c.edits if e.file == name))
            for name, text in zip(names, files, strict=True)
        }
        reasons = tuple(n.reason for n in proposed.not_assessed if f" {kind} " in f"{n.what} ")
        return Outcome(found, texts, reasons)

    return run
