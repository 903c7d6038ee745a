"""Honest and forged bundles, for the tests of the audit."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tasks.domain.canonical import digest
from tasks.domain.reporting.bundle import Bundle, seal, static_parts
from tasks.domain.reporting.html import reports
from tests.bundles import CANDIDATES, contents, proof_evidence
from tests.bundles import bundle as assembled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tasks.domain.audit import Disagreement


def closed(**changes: object) -> Bundle:
    made = assembled(**changes)
    return seal(made, reports(made))


def whole() -> Bundle:
    """Return a sealed bundle with an accepted change in it."""
    evidence = (*contents().evidence, proof_evidence())
    made = closed(candidates=CANDIDATES, evidence=evidence)
    return Bundle(deepcopy(made.document), dict(made.files))


def forged(change: Callable[[dict[str, Any]], None], *, careful: bool = False) -> Bundle:
    """Change the index; a careful forger also corrects digest, reports and hashes."""
    made = whole()
    change(made.document)
    if careful:
        made.document["digest"] = digest(static_parts(made.document))
        unsealed = {k: v for k, v in made.document.items() if k != "files"}
        return seal(Bundle(unsealed, made.files), reports(Bundle(unsealed, made.files)))
    return made


def named(found: Iterable[Disagreement]) -> str:
    return "\n".join(f"{each.where} {each.what}" for each in found)


def resealed(made: Bundle, **changes: bytes) -> Bundle:
    """Put ``changes`` in, by path, and correct the list of files as a careful forger would."""
    return seal(Bundle(unsealed(made), {**made.files, **changes}), {})


def unsealed(made: Bundle) -> dict[str, Any]:
    return {name: value for name, value in made.document.items() if name != "files"}
