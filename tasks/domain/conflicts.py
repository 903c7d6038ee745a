"""Candidates together: which go into one patch, in which order, and which stay out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.domain.insertions import SameFieldError, merged
from tasks.domain.patches import (
    OverlapError,
    UnshowableError,
    apply_edits,
    in_order,
    unified_diff,
)
from tasks.domain.propose import worst_closed
from tasks.domain.written_dockerfiles import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tasks.domain.candidates import Candidate, Edit
    from tasks.domain.findings import Finding
    from tasks.domain.platform.sources import Source
    from tasks.domain.written import Written

_RECIPE = "is a recipe: it touches a line that may hold a secret; `cmi apply` does it"


@dataclass(frozen=True, slots=True)
class Combined:
    """One patch of several candidates: their order, and who was left out because of what."""

    patch: str = ""
    order: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()


def combine(
    candidates: Iterable[Candidate], findings: Iterable[Finding], source: Source
) -> Combined:
    """Combine candidates: who closes the worst comes first, then by id; who collides stays out.

    Two collide when they change the same characters or give one field different
    values. What both add to one mapping is merged. A recipe touches a line that
    a patch must not show, so it is applied by itself.
    """
    files: dict[str, list[Edit]] = {}
    order, left_out = [], {}
    for each, because in _taken(candidates, findings, files):
        if because:
            left_out[each.id] = because
        else:
            order.append(each.id)
    patch = "".join(
        _diff(read_file(file, source.files[file]), edits) for file, edits in sorted(files.items())
    )
    edits = tuple(edit for _, each in sorted(files.items()) for edit in each)
    return Combined(patch, tuple(order), left_out, edits)


@dataclass(frozen=True, slots=True)
class Step:
    """One candidate upon those before it: its files as they are afterwards."""

    candidate: Candidate
    files: Mapping[str, bytes] = field(repr=False)


def in_steps(
    candidates: Iterable[Candidate], findings: Iterable[Finding], source: Source
) -> tuple[list[Step], dict[str, str]]:
    """Put candidates one upon the other, in the order of `combine`, recipes among them."""
    files: dict[str, list[Edit]] = {}
    read: dict[str, Written] = {}
    steps: list[Step] = []
    left_out: dict[str, str] = {}
    for each, because in _taken(candidates, findings, files, recipes=True):
        if because:
            left_out[each.id] = because
            continue
        after = {}
        for file in sorted({edit.file for edit in each.edits}):
            if file not in read:
                read[file] = read_file(file, source.files[file])
            after[file] = read[file].encoded(apply_edits(read[file].text, files[file]))
        steps.append(Step(each, after))
    return steps, left_out


def files_with(
    candidates: Iterable[Candidate], findings: Iterable[Finding], source: Source
) -> dict[str, bytes]:
    """Give the files that ``candidates`` change, as they are with all that fit together."""
    steps, _ = in_steps(candidates, findings, source)
    return {file: data for step in steps for file, data in step.files.items()}


def _taken(
    candidates: Iterable[Candidate],
    findings: Iterable[Finding],
    files: dict[str, list[Edit]],
    *,
    recipes: bool = False,
) -> Iterator[tuple[Candidate, str]]:
    """Take candidates into ``files`` one by one; say of each why it stays out, if it does."""
    severities = {each.id: each.severity for each in findings}
    owners: dict[tuple[str, int], str] = {}
    for each in sorted(candidates, key=lambda c: (worst_closed(c, severities).rank, c.id)):
        hidden = not each.patch and not recipes
        because = _RECIPE if hidden else _refused(each, files, owners)
        if not because:
            for edit in each.edits:
                owners.setdefault((edit.file, edit.span.start), each.id)
        yield each, because


def _refused(
    candidate: Candidate, files: dict[str, list[Edit]], owners: dict[tuple[str, int], str]
) -> str:
    """Take the candidate's edits into ``files``, or say why not."""
    taken: dict[str, list[Edit]] = {}
    for file in sorted({edit.file for edit in candidate.edits}):
        own = [edit for edit in candidate.edits if edit.file == file]
        try:
            taken[file] = in_order(merged([*files.get(file, []), *own]))
        except (OverlapError, SameFieldError) as error:
            met = (owners.get((file, edit.span.start), "") for edit in own)
            return f"collides with {next(filter(None, met), 'an earlier candidate')}: {error}"
    files.update(taken)
    return ""


def _diff(written: Written, edits: list[Edit]) -> str:
    """Write the diff; each candidate has one of its own, so together they have one too."""
    try:
        return unified_diff(written, edits)
    except UnshowableError as error:
        msg = f"candidates that can be shown alone cannot be shown together: {error}"
        raise AssertionError(msg) from error
