"""Changes that leave Python's byte-code in an image, or make it when the image is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.platform.dockerfile_bytecode import (
    BYTE_CODE,
    is_python,
    of_copy,
    removes,
    without_byte_code,
)
from tasks.domain.platform.nodes import Span
from tasks.domain.platform.shell import commands
from tasks.domain.security.candidates.dockerfiles import instruction_of, rest_of
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.security.checks.built import lineages
from tasks.domain.written_dockerfiles import is_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Stage
    from tasks.domain.platform.dockerfile_syntax import Instruction
    from tasks.domain.security.candidates.ground import Ground
    from tasks.domain.written_dockerfiles import WrittenDockerfile

_OPTION = re.compile(r"[ \t]+--no-compile(?![\w=-])")
# One command of a shell: brackets and semicolons of `find` are escaped, lines may go on.
_COMMAND = re.compile(
    r"(?<![\w./-])(?:find|rm|py3clean|pyclean)\b(?:[^&|;\n\\#]|\\[();]|\\\n[ \t]*(?!#))*"
)
_GAP = re.compile(r"(?:[ \t]|\\\n)*$")
_NEXT = re.compile(r"(?:[ \t]|\\\n)*&&(?:[ \t]|\\\n)*(?=[^\s#])")
_BEFORE = re.compile(
    r"(?P<end>[ \t]*\\)(?P<comments>(?:\n[ \t]*#[^\n]*)+)\n[ \t]*&&[ \t]*$"
    r"|(?:[ \t]|\\\n)*&&[ \t]*(?:\\\n[ \t]*)?$"
)
# Words of a command that takes byte-code away and nothing else.
_WORD = re.compile(
    r"find|rm|pyclean|py3clean|-[a-zA-Z]{1,8}|\\[();]|\{\}|\+|[fd]|\."
    r"|__pycache__|\*?\.py[cod*\[\]]{1,6}"
)
_PLAIN = re.compile(r"\.|\./|/?[A-Za-z0-9_][A-Za-z0-9_./-]{0,120}")
_ROOT = re.compile(r"(?:root|0)?(?::.*)?")
_WITHOUT_SHELL = re.compile(r"distroless|chainguard|scratch")


def keep(ground: Ground, finding: Finding) -> Proposal:
    """Leave byte-code where it is made, or make it where it never is."""
    edits = {
        "packages-not-compiled": _let_compile,
        "byte-code-removed": _leave,
        "never-written": _compile,
    }[finding.facts["case"]]
    return Proposal((finding.id,), tuple(edits(ground, finding)))


def _let_compile(ground: Ground, finding: Finding) -> Iterator[Edit]:
    written, found = instruction_of(ground, finding)
    matches = [
        (start + match.start(), start + match.end())
        for start, text in written.lines_of(found)
        for match in _OPTION.finditer(text)
    ]
    told = [each for each in commands(found) if without_byte_code(each)]
    if found.heredocs or found.exec_form or len(matches) != len(told):
        msg = "it is not installed by a plain command of pip"
        raise NotOfferedError(msg)
    return (Edit(written.file, Span(*each), "") for each in matches)


def _leave(ground: Ground, finding: Finding) -> Iterator[Edit]:
    """Take out the commands that remove byte-code and do nothing else; comments stay."""
    written, found = instruction_of(ground, finding)
    start = rest_of(written, found)
    raw = written.text[start : _end(written, found)]
    spans = [] if found.heredocs or found.exec_form or "\r" in raw else list(_commands_of(raw))
    whole = found.rest.strip() if spans else ""
    if spans and _joined(raw[slice(*spans[0])]) == _joined(whole):
        yield Edit(written.file, _lines(written, found, raw), "")
        return
    cuts = [cut for span in spans for cut in _cuts(raw, *span)]
    if not cuts:
        msg = "the command that removes it does more, or is not one of a chain by `&&`"
        raise NotOfferedError(msg)
    for first, last in cuts:
        yield Edit(written.file, Span(start + first, start + last), "")


def _commands_of(raw: str) -> Iterator[tuple[int, int]]:
    """Give where the commands are that remove byte-code, without the blanks behind."""
    for match in _COMMAND.finditer(raw):
        end = match.start() + (_GAP.search(match[0]) or match).start()
        piece = _joined(raw[match.start() : end])
        if removes(piece) and _does_nothing_else(piece.split()):
            yield match.start(), end


def _does_nothing_else(words: list[str]) -> bool:
    """Tell whether only byte-code can go; a folder may stand where `find` begins to look."""
    bare = [word.strip("\"'") for word in words]
    options = (n for n, word in enumerate(bare) if word.startswith(("-", "\\")))
    begins = next(options, 0) if bare[0] == "find" else 0
    return all(
        _WORD.fullmatch(word)
        or (word.startswith("/") and is_name(word) and (n < begins or BYTE_CODE.search(word)))
        for n, word in enumerate(bare)
    )


def _joined(text: str) -> str:
    return " ".join(text.replace("\\\n", " ").split())


def _cuts(raw: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Say what goes with a command that is taken out of a chain; nothing where it cannot be."""
    following = _NEXT.match(raw, last)
    before = _BEFORE.search(raw, 0, first)
    if following and (before or not raw[:first].strip()):
        yield first, following.end()
    elif before and not raw[last:].strip():
        if before["comments"]:
            yield before.span("end")
            yield before.end("comments"), last
        else:
            yield before.start(), last


def _lines(written: WrittenDockerfile, found: Instruction, raw: str) -> Span:
    """Give all lines of an instruction."""
    if re.search(r"^[ \t]*#", raw, re.MULTILINE):
        msg = "a comment stands within the command that removes it"
        raise NotOfferedError(msg)
    return Span(written.starts[found.line - 1], _end(written, found))


def _end(written: WrittenDockerfile, found: Instruction) -> int:
    last = found.end - 1
    return written.starts[last] + len(written.line(last))


@dataclass(frozen=True, slots=True)
class _Image:
    stages: tuple[Stage, ...]
    instructions: tuple[Instruction, ...]  # those of its stages, in the order of the file

    def before(self, line: int, keyword: str) -> list[Instruction]:
        return [i for i in self.instructions if i.keyword == keyword and i.line < line]

    @property
    def copies(self) -> list[Instruction]:
        """What copies modules from the source, not from another image or stage."""
        copying = (i for i in self.instructions if i.keyword in {"COPY", "ADD"})
        return [i for i in copying if "from" not in i.flags() and any(of_copy(_words(i)[:-1]))]


def _compile(ground: Ground, finding: Finding) -> Iterator[Edit]:
    """Compile what was copied, as soon as all of it is there."""
    written, _ = instruction_of(ground, finding)
    images = [_image(written, each) for each in lineages(ground.platform)[finding.place.file]]
    images = [each for each in images if each.copies]
    last = {each.copies[-1].line for each in images}
    if len(last) != 1:
        msg = "several images are built from this file, and copy in different places"
        raise NotOfferedError(msg)
    copied = images[0].copies[-1]
    folders = " ".join(_folders(written, images[0], copied))
    _must_be_able(images[0], copied)
    at, end = _end(written, copied), written.manner.line_end
    text = f"RUN python3 -m compileall -q {folders}"
    closed = written.text[:at].endswith("\n")
    yield Edit(written.file, Span(at, at), f"{text}{end}" if closed else f"{end}{text}")


def _image(written: WrittenDockerfile, stages: tuple[Stage, ...]) -> _Image:
    froms = [i.line for i in written.instructions if i.keyword == "FROM"]
    mine = {stage.place.line for stage in stages}
    own = tuple(
        each
        for each in written.instructions
        if max((line for line in froms if line <= each.line), default=0) in mine
    )
    return _Image(stages, own)


def _folders(written: WrittenDockerfile, image: _Image, last: Instruction) -> list[str]:
    """Say where the modules are once all are copied."""
    found = []
    for each in image.copies:
        target = _words(each)[-1]
        plain = _PLAIN.fullmatch(target) and target.strip("/") and written.harmless[each.line - 1]
        entered = image.before(last.line, "WORKDIR")
        there = entered and entered[-1].line < each.line and entered[-1].rest.strip("\"'/")
        if not plain or each.rest.startswith("[") or not (target.startswith("/") or there):
            msg = "it is not plain which folder holds the copied modules"
            raise NotOfferedError(msg)
        found.append(target)
    return list(dict.fromkeys(found))


def _must_be_able(image: _Image, copied: Instruction) -> None:
    """Look whether a command there finds Python, and may write beside what was copied."""
    users = [i.rest.strip("\"' ") for i in image.before(copied.line, "USER")]
    if users and not _ROOT.fullmatch(users[-1]):
        msg = "the user of the build there may not write beside what is copied"
        raise NotOfferedError(msg)
    habits = {each.kind for stage in image.stages for each in stage.habits}
    base = image.stages[0].base.value
    sure = is_python(base) or "installs" in habits
    if not sure or "own-shell" in habits or _WITHOUT_SHELL.search(base):
        msg = "nothing says that the build has a shell and Python there"
        raise NotOfferedError(msg)


def _words(copy: Instruction) -> list[str]:
    words = [word.strip("[],\"'") for word in copy.rest.split()]
    return [word for word in words if word and not word.startswith("--")]
