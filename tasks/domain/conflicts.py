"""Candidates together: which go into one change, in which order, and which stay out."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import ChainMap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tasks.domain.descriptions import describe
from tasks.domain.insertions import SameFieldError, both
from tasks.domain.patches import OverlapError, apply_edits, in_order
from tasks.domain.propose import worst_closed
from tasks.domain.written_dockerfiles import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tasks.domain.candidates import Candidate, Edit, Recipe
    from tasks.domain.findings import Finding
    from tasks.domain.platform.sources import Source
    from tasks.domain.written import Written

_Ends: TypeAlias = tuple[int, int]
_RECIPE = "is a recipe: it touches a line that may hold a secret; `cmi apply` does it"


@dataclass(frozen=True, slots=True)
class Combined:
    """One change of several candidates: their order, and who was left out because of what.

    It is made by its recipes, for what no patch may show, and by its patch upon them.
    """

    patch: str = ""
    order: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    recipes: tuple[Recipe, ...] = ()


def combine(
    candidates: Iterable[Candidate],
    findings: Iterable[Finding],
    source: Source,
    *,
    recipes: bool = False,
) -> Combined:
    """Combine candidates: who closes the worst comes first, then by id; who collides stays out.

    Two collide when they change the same characters or give one field different
    values. What both add to one mapping is merged. A recipe touches a line that
    a patch must not show, so it stays out, unless ``recipes`` are wanted too.
    """
    files: dict[str, _Together] = {}
    order, left_out = [], {}
    for each, because in _taken(candidates, findings, files, recipes=recipes):
        if because:
            left_out[each.id] = because
        else:
            order.append(each.id)
    made = [describe(file, source.files[file], files[file].edits) for file in sorted(files)]
    edits = tuple(edit for file in sorted(files) for edit in files[file].edits)
    hidden = tuple(recipe for _, recipe in made if recipe)
    return Combined("".join(patch for patch, _ in made), tuple(order), left_out, edits, hidden)


@dataclass(frozen=True, slots=True)
class Step:
    """One candidate upon those before it: its files as they are afterwards."""

    candidate: Candidate
    files: Mapping[str, bytes] = field(repr=False)


def in_steps(
    candidates: Iterable[Candidate], findings: Iterable[Finding], source: Source
) -> tuple[list[Step], dict[str, str]]:
    """Put candidates one upon the other, in the order of `combine`, recipes among them."""
    files: dict[str, _Together] = {}
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
            after[file] = read[file].encoded(apply_edits(read[file].text, files[file].edits))
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
    files: dict[str, _Together],
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
    candidate: Candidate, files: dict[str, _Together], owners: dict[tuple[str, int], str]
) -> str:
    """Take the candidate's edits into ``files``, or say why not."""
    taken: dict[str, dict[_Ends, Edit]] = {}
    for file in sorted({edit.file for edit in candidate.edits}):
        own = [edit for edit in candidate.edits if edit.file == file]
        try:
            taken[file] = files.get(file, _Together()).fitting(own)
        except (OverlapError, SameFieldError) as error:
            met = (owners.get((file, edit.span.start), "") for edit in own)
            return f"collides with {next(filter(None, met), 'an earlier candidate')}: {error}"
    for file, edits in taken.items():
        files.setdefault(file, _Together()).take(edits)
    return ""


@dataclass(slots=True)
class _Together:
    """The edits of one file that fit together. A new one is compared with its neighbours only."""

    at: dict[_Ends, Edit] = field(default_factory=dict)
    ends: list[_Ends] = field(default_factory=list)  # the keys of ``at`` in order

    @property
    def edits(self) -> list[Edit]:
        """Give them in their order."""
        return [self.at[each] for each in self.ends]

    def fitting(self, edits: Iterable[Edit]) -> dict[_Ends, Edit]:
        """Give what takes its place when ``edits`` join.

        Raises:
            SameFieldError: One of them gives a field another value.
            OverlapError: One of them wants characters that are taken.
        """
        joined: dict[_Ends, Edit] = {}
        for edit in edits:
            ends = (edit.span.start, edit.span.end)
            known = joined.get(ends, self.at.get(ends))
            joined[ends] = edit if known is None else both(known, edit)
        fresh = sorted(each for each in joined if each not in self.at)
        whole = ChainMap(joined, self.at)
        for number, ends in enumerate(fresh):
            near = bisect_left(self.ends, ends)
            beside = self.ends[max(near - 1, 0) : near + 1]
            beside += fresh[max(number - 1, 0) : number + 2]
            in_order(whole[each] for each in dict.fromkeys(beside))
        return joined

    def take(self, joined: Mapping[_Ends, Edit]) -> None:
        """Let edits that are `fitting` join."""
        for ends in joined:
            if ends not in self.at:
                insort(self.ends, ends)
        self.at.update(joined)
