"""Changes of charts: proposed for what was rendered, moved to the template or value that made it.

Whether the move was right is not argued here: the chart is rendered again with
the edit, and assessed again (`tasks.tools.proposals`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import yaml

from tasks.domain.alignment import Template, align
from tasks.domain.assess import assess
from tasks.domain.candidates import Edit
from tasks.domain.edits import NotEditableError, line_of, set_scalar
from tasks.domain.patches import apply_edits
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.nodes import Scalar, Span
from tasks.domain.platform.sources import Source
from tasks.domain.security.candidates import kubernetes
from tasks.domain.security.candidates.ground import Ground, NotOfferedError
from tasks.domain.security.candidates.setting import Root, put_all
from tasks.domain.template_blocks import behind, depth
from tasks.domain.written import Written, read_written
from tasks.domain.written_dockerfiles import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tasks.domain.emitting import Tree
    from tasks.domain.findings import Finding
    from tasks.domain.platform.nodes import Node

_VALUE = re.compile(r"\{\{-?\s*\$?\.Values\.([\w.]+)\s*(?:\|\s*(?:quote|int|toString)\s*)?-?\}\}")
_WHOLE = re.compile(
    r"\s*\{\{-?\s*(?:toYaml\s+\$?\.Values\.([\w.]+)|toYaml\s+\.)\s*\|\s*n?indent\s+(\d+)\s*-?\}\}"
)
_WITH = re.compile(r"\s*\{\{-?\s*with\s+\$?\.Values\.([\w.]+)\s*-?\}\}")
_MAKES = re.compile(
    r"\s*\{\{-?\s*(?:include|template|toYaml|tpl|range\s)?\b.*indent\s+\d+\s*-?\}\}"
)
_HELPER = "a helper of the chart makes these lines, and others may use it, too"


@dataclass(frozen=True)
class Chart:
    """A chart's rendered files, by the template that made them."""

    entry: Entry
    source: Source
    texts: Mapping[str, str]
    _aligned: dict[str, tuple[Template, list[int | None]]] = field(default_factory=dict)

    @cached_property
    def ground(self) -> Ground:
        """What was rendered, as if somebody had written it; findings keep their names."""
        files = {file: text.encode() for file, text in self.texts.items()}
        entry = Entry(self.entry.id, EntryKind.KUBERNETES, tuple(files))
        source = Source(self.source.name, files)
        platform = read(source, entry)
        return Ground(platform, assess(platform), source)

    def of(self, findings: Iterable[Finding]) -> Ground:
        """Give the ground with those of its findings that ``findings`` name."""
        wanted = {each.id for each in findings}
        whole = self.ground
        kept = tuple(each for each in whole.findings if each.id in wanted)
        return Ground(whole.platform, kept, whole.source)

    def moved(self, edits: Iterable[Edit]) -> tuple[Edit, ...]:
        """Give edits of the user's files that do what ``edits`` do to the rendered ones.

        Raises:
            NotOfferedError: Nothing in the templates or values is known to make a place.
        """
        found: dict[Edit, None] = {}
        for edit in edits:
            found |= dict.fromkeys(self._move(edit))
        return tuple(found)

    def _move(self, edit: Edit) -> tuple[Edit, ...]:
        if edit.file not in self.source.files:
            msg = f"{edit.file} belongs to a chart that this one only uses"
            raise NotOfferedError(msg)
        place = _Place(self, edit)
        if edit.text.startswith("---"):
            return (place.at_end(),)
        if edit.span.start == edit.span.end and edit.text.endswith("\n"):
            return place.inserted()
        return place.replaced()

    def aligned(self, file: str) -> tuple[Template, list[int | None]]:
        """Give a template with the line that made each line of its rendered text."""
        if file not in self._aligned:
            template = Template(self.source.text(file).replace("\r\n", "\n"))
            lines = align(self.texts[file].split("\n"), template)
            self._aligned[file] = (template, lines)
        return self._aligned[file]


class _Place:
    """Where one edit of a rendered file belongs."""

    def __init__(self, chart: Chart, edit: Edit) -> None:
        self.chart, self.edit = chart, edit
        self.rendered = read_written(edit.file, chart.texts[edit.file].encode())
        self.template, self.lines = chart.aligned(edit.file)
        self.written = read_file(edit.file, chart.source.files[edit.file])
        self.line = line_of(self.rendered, edit.span.start)

    def at_end(self) -> Edit:
        """Write whole objects behind everything that the template makes."""
        text, at = self.edit.text, len(self.written.text)
        if at and not self.written.text.endswith("\n"):
            text = self.written.manner.line_end + text
        return Edit(self.edit.file, Span(at, at), text)

    def inserted(self) -> tuple[Edit, ...]:
        """Write lines behind the line that made the one before them."""
        number = self.rendered.count if self._ends_file() else self.line
        before = self.lines[number - 1] if number else None
        after = self.lines[number] if number < len(self.lines) else None
        column = min(map(depth, self.edit.text.splitlines()))
        whole = self._whole(number - 1) if before is None else None
        if whole and column >= whole[1]:
            return self._in_values(number - 1, self.edit.text)
        anchor = self._maker(number - 1) if before is None else before
        line = after if anchor is None else behind(self.template, anchor, column)
        if line is None:
            raise NotOfferedError(_HELPER)
        text = self.edit.text.replace("\n", self.written.manner.line_end)
        at = self.written.starts[line] if line < self.written.count else len(self.written.text)
        if line >= self.written.count and not self.written.text.endswith("\n"):
            text = self.written.manner.line_end + text.removesuffix(self.written.manner.line_end)
        return (Edit(self.edit.file, Span(at, at), text),)

    def _ends_file(self) -> bool:
        return self.edit.span.start == len(self.rendered.text)

    def _maker(self, number: int) -> int | None:
        """Find the expression that made a line which no line of the template fits."""
        while number > 0 and self.lines[number] is None:
            number -= 1
        line = self.lines[number] if number >= 0 else None
        behind = None if line is None else line + 1
        if behind is None or behind >= len(self.template.lines):
            return None
        return behind if _MAKES.fullmatch(self.template.lines[behind].rstrip()) else None

    def replaced(self) -> tuple[Edit, ...]:
        """Change what stands literally in the template, or the value that it puts in."""
        start, end = self.edit.span.start, self.edit.span.end
        last = line_of(self.rendered, max(start, end - 1))
        places = [self.lines[number] for number in range(self.line, last + 1)]
        first = places[0]
        if first is None or places != list(range(first, first + len(places))):
            if first is None and last == self.line:
                return self._in_values(self.line, self.edit.text)
            raise NotOfferedError(_HELPER)
        column = start - self.rendered.starts[self.line]
        stop = end - self.rendered.starts[last]
        if self._literal(self.line, first, column) and self._literal(last, places[-1] or 0, stop):
            at = self.written.starts[first] + column
            to = self.written.starts[places[-1] or 0] + stop if end > start else at
            return (Edit(self.edit.file, Span(at, to), self.edit.text),)
        return (self._value(first),)

    def _literal(self, number: int, line: int, column: int) -> bool:
        rendered, template = self.rendered.line(number), self.written.line(line)
        return template[:column] == rendered[:column]

    def _value(self, line: int) -> Edit:
        """Change a single value that an expression puts in as it is."""
        found = _VALUE.findall(self.template.lines[line])
        old = self.rendered.text[self.edit.span.start : self.edit.span.end].strip("\"'")
        values = self._values()
        node = kubernetes.below(_root(values), *found[0].split(".")) if found else None
        if len(found) != 1 or not isinstance(node, Scalar) or node.text != old:
            raise NotOfferedError(_HELPER)
        try:
            return set_scalar(values, node, yaml.safe_load(self.edit.text))
        except NotEditableError as error:
            raise NotOfferedError(str(error)) from error

    def _whole(self, number: int) -> tuple[str, int] | None:
        """Find the value that made a line with its neighbours: its path, and how far it is in."""
        while number > 0 and self.lines[number] is None:
            number -= 1
        line = self.lines[number]
        if line is None or line + 1 >= len(self.template.lines):
            return None
        match = _WHOLE.fullmatch(self.template.lines[line + 1].rstrip())
        if match is None:
            return None
        named = match[1] or next(
            (
                m[1]
                for each in reversed(self.template.lines[: line + 1])
                if (m := _WITH.match(each))
            ),
            "",
        )
        return (named, int(match[2])) if named else None

    def _in_values(self, number: int, text: str) -> tuple[Edit, ...]:
        """Write fields into the value that the template writes out as a whole."""
        whole = self._whole(number)
        if whole is None:
            raise NotOfferedError(_HELPER)
        named, indent = whole
        added = _parsed(text if text.endswith("\n") else "{" + text.removeprefix(", ") + "}")
        column = depth(text) if text.endswith("\n") else indent
        way = (*named.split("."), *self._keys(number, column, indent))
        values = self._values()
        root = Root(values, _root(values))
        return put_all([root], _leaves(way, added), kubernetes.unshared(values))

    def _keys(self, number: int, column: int, indent: int) -> tuple[str, ...]:
        """Name the keys that hold a line ``column`` columns in, outermost first."""
        keys: list[str] = []
        while number >= 0 and column > indent:
            line = self.rendered.line(number)
            if depth(line) < column and line.strip():
                keys.insert(0, line.strip().partition(":")[0])
                column = depth(line)
            number -= 1
        return tuple(keys)

    def _values(self) -> Written:
        folder = self.chart.entry.paths[0]
        file = "values.yaml" if folder == "." else f"{folder}/values.yaml"
        try:
            return read_written(file, self.chart.source.files[file])
        except (KeyError, DocumentError) as error:
            msg = f"{file} is no YAML file of values"
            raise NotOfferedError(msg) from error


def _root(values: Written) -> Node:
    root = values.documents[0].root if values.documents else None
    if root is None:
        msg = f"{values.file} is no YAML file of values"
        raise NotOfferedError(msg)
    return root


def _parsed(text: str) -> dict[str, Tree]:
    lines = text.split("\n")
    tree = yaml.safe_load("\n".join(line[depth(lines[0]) :] for line in lines))
    if not isinstance(tree, dict):
        raise NotOfferedError(_HELPER)
    return tree


def _leaves(way: tuple[str, ...], tree: Tree) -> dict[tuple[str, ...], Tree]:
    if not isinstance(tree, dict) or not tree:
        return {way: tree}
    return {
        path: leaf
        for key, value in tree.items()
        for path, leaf in _leaves((*way, key), value).items()
    }


def changed(source: Source, edits: Iterable[Edit]) -> dict[str, bytes]:
    """Give the files that ``edits`` change, as they are afterwards."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.file, []).append(edit)
    found = {}
    for file, own in by_file.items():
        written = read_file(file, source.files[file])
        found[file] = written.encoded(apply_edits(written.text, own))
    return found
