"""Recompute what a bundle claims, and name each disagreement.

An audit believes nothing that it can work out: hashes from bytes, the digest and the
counts from the records, figures from their evidence, verdicts from their proofs, the
report from the index.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something that a bundle says and that is not so. ``where`` is a file or a record."""

    where: str
    what: str
