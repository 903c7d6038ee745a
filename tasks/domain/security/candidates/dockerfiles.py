"""Changes of how images are built and started.

A Dockerfile's words are free text. So each edit takes away keywords, options, quotes
and blanks alone, never a word of the user's own: a recipe may then name it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.candidates import Edit
from tasks.domain.platform.nodes import Span
from tasks.domain.platform.shell import commands
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal
from tasks.domain.written_dockerfiles import WrittenDockerfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.findings import Finding
    from tasks.domain.platform.containers import Stage
    from tasks.domain.platform.dockerfile_syntax import Instruction
    from tasks.domain.security.candidates.ground import Ground

# A word that a shell would hand on as it stands, and JSON too, and words of such kind.
_WORD = re.compile(r"""[A-Za-z0-9_./:@%+=,-]+|'[^'"\\`\x00-\x1f]*'|"[^'"\\`\x00-\x1f$]*\"""")
_WORDS = re.compile(rf"(?:{_WORD.pattern})(?:[ \t]+(?:{_WORD.pattern}))*")
_QUOTES = ("'", '"')
# What a shell does itself, so that no program of that name can be started without one.
_BUILTINS = frozenset({".", "alias", "cd", "eval", "exec", "export", "set", "source", "ulimit"})
_VARIABLE = re.compile(r"[^;&|<>()`\"'\\*?\[\]{}~#!]*\$\{?\w+\}?[^;&|<>()`\"'\\*?\[\]~#!]*")
_INSTALL = re.compile(r"\b(?:apt-get|apt)\b[^\n;&|#]*?\binstall\b")
_PIP = re.compile(r"\bpip3?[ \t]+install\b(?![^\n;&|#]*--no-cache-dir)")
_OTHERS_WRITE = re.compile(
    r"(?:\bchmod\s+(?:-[A-Za-z]+\s+)*|--chmod=)([0-7]{0,3})([2367])(?![0-7])"
)
_REMOVE = {"apk": "rm -rf /var/cache/apk/*"}
_REMOVE_APT = "rm -rf /var/lib/apt/lists/*"


def exec_form(ground: Ground, finding: Finding) -> Proposal:
    """Start the program itself, not a shell that keeps the signals to itself."""
    written, found = instruction_of(ground, finding)
    if found.keyword == "ENTRYPOINT" and _has_arguments(ground, finding.place.file):
        msg = "arguments that the shell ignored until now would reach the program"
        raise NotOfferedError(msg)
    words = found.rest.split()
    first = words[0] if words else "="
    if found.line != found.end or first in _BUILTINS or "=" in first or first[0] in _QUOTES:
        msg = "the shell does more here than to start one program"
        raise NotOfferedError(msg)
    start = rest_of(written, found)
    if _WORDS.fullmatch(found.rest):
        edits = tuple(_listed(written, start, found.rest))
    elif _VARIABLE.fullmatch(found.rest):
        edits = _insert(written, start, "exec ")
    else:
        msg = "the shell does more here than to start one program"
        raise NotOfferedError(msg)
    return Proposal((finding.id,), edits)


def _listed(written: WrittenDockerfile, start: int, words: str) -> Iterator[Edit]:
    """Put what JSON has in the place of all that stands around the words."""
    at, border = 0, '["'
    for word in _WORD.finditer(words):
        quote = int(word[0][0] in _QUOTES)
        yield Edit(written.file, Span(start + at, start + word.start() + quote), border)
        at, border = word.end() - quote, '", "'
    yield Edit(written.file, Span(start + at, start + len(words)), '"]')


def _has_arguments(ground: Ground, file: str) -> bool:
    stages = ground.platform.dockerfiles[file].stages
    given = any(each.detail == "CMD" for stage in stages for each in stage.habits)
    users = (c for s in ground.platform.services for c in s.containers if c.build)
    return given or any(c.build and c.build.dockerfile == file and c.arguments for c in users)


def copy(ground: Ground, finding: Finding) -> Proposal:
    """Say COPY where nothing is fetched or unpacked."""
    written, found = instruction_of(ground, finding)
    start = _keyword(written, found)
    return Proposal((finding.id,), (Edit(written.file, Span(start, start + 3), "COPY"),))


def label_author(ground: Ground, finding: Finding) -> Proposal:
    """Name the author by a label, as MAINTAINER did."""
    written, found = instruction_of(ground, finding)
    bare = found.rest.strip()
    quoted = bool(re.fullmatch(r'"[^"\\$]*"', bare))
    if found.line != found.end or not (quoted or re.fullmatch(r"[^\"\\$]+", bare)):
        msg = "the author's name is written in an unusual way"
        raise NotOfferedError(msg)
    start, rest = _keyword(written, found), rest_of(written, found)
    quote = "" if quoted else '"'
    edits = [
        Edit(written.file, Span(start, rest), f"LABEL org.opencontainers.image.authors={quote}")
    ]
    edits += _insert(written, rest + len(found.rest.rstrip()), quote) if quote else ()
    return Proposal((finding.id,), tuple(edits))


def no_recommends(ground: Ground, finding: Finding) -> Proposal:
    """Install what is named and what that needs, not what it recommends."""
    written, found = instruction_of(ground, finding)
    if found.heredocs or found.exec_form or finding.facts.get("detail") == "aptitude":
        msg = "it is not installed by a plain command of apt"
        raise NotOfferedError(msg)
    ends = [
        start + match.end()
        for start, text in written.lines_of(found)
        for match in _INSTALL.finditer(text)
    ]
    installs = [c for c in commands(found) if c.program in {"apt", "apt-get"} and c.has("install")]
    if not ends or len(ends) < len(installs):
        msg = "it is not installed by a plain command of apt"
        raise NotOfferedError(msg)
    edits = [edit for at in ends for edit in _insert(written, at, " --no-install-recommends")]
    return Proposal((finding.id,), tuple(edits))


def no_cache(ground: Ground, finding: Finding) -> Proposal:
    """Let pip keep no archives; other managers are cleaned up after, which is another command."""
    written, found = instruction_of(ground, finding)
    if finding.facts.get("detail") not in {"pip", "pip3"} or found.heredocs or found.exec_form:
        msg = "it is not installed by a plain command of pip"
        raise NotOfferedError(msg)
    ends = [
        start + match.end()
        for start, text in written.lines_of(found)
        for match in _PIP.finditer(text)
    ]
    installs = [c for c in commands(found) if c.program in {"pip", "pip3"} and c.has("install")]
    if not ends or len(ends) != len(installs):
        msg = "it is not installed by a plain command of pip"
        raise NotOfferedError(msg)
    edits = [edit for at in ends for edit in _insert(written, at, " --no-cache-dir")]
    return Proposal((finding.id,), tuple(edits))


def clean_index(ground: Ground, finding: Finding) -> Proposal:
    """Remove the package index in the layer that fetched it."""
    written, found = instruction_of(ground, finding)
    alone = {each.program for each in commands(found)} <= {"apt", "apt-get", "apk", "aptitude"}
    only = alone and not any(each.has("install", "add", "upgrade") for each in commands(found))
    if only or _uses_it_later(ground, finding):
        msg = "a later instruction installs from this index"
        raise NotOfferedError(msg)
    if found.heredocs or found.exec_form:
        msg = "its command is not written as one line of a shell"
        raise NotOfferedError(msg)
    *_, (start, last) = written.lines_of(found)
    at = start + len(last.rstrip())
    remove = _REMOVE.get(finding.facts.get("detail", ""), _REMOVE_APT)
    below = found.end > found.line
    end = written.manner.line_end
    text = f" \\{end}{_depth(last)}&& {remove}" if below else f" && {remove}"
    return Proposal((finding.id,), _insert(written, at, text))


def _uses_it_later(ground: Ground, finding: Finding) -> bool:
    manager = finding.facts.get("detail", "")
    for stage in _stages(ground, finding):
        lines = {h.place.line for h in stage.habits if h.kind == "index-updated"}
        for each in stage.habits:
            later = each.place.line > finding.place.line and each.place.line not in lines
            if each.kind == "installs" and each.detail == manager and later:
                return True
    return False


def _stages(ground: Ground, finding: Finding) -> tuple[Stage, ...]:
    """Give the stage of a finding with those that are built upon it."""
    stages = ground.platform.dockerfiles[finding.place.file].stages
    return tuple(each for each in stages if finding.path.startswith(each.path)) + tuple(
        each for each in stages if each.from_stage
    )


def join_update(ground: Ground, finding: Finding) -> Proposal:
    """Fetch the package index in the instruction that installs from it."""
    written, found = instruction_of(ground, finding)
    behind = [each for each in written.instructions if each.line > found.line]
    follower = behind[0] if behind else None
    if follower is None or follower.keyword != "RUN" or follower.rest.startswith(("--", "[")):
        msg = "what follows it does not install from this index"
        raise NotOfferedError(msg)
    managers = {each.program for each in commands(follower) if each.has("install", "add")}
    if finding.facts.get("detail") not in managers or follower.heredocs or found.exec_form:
        msg = "what follows it does not install from this index"
        raise NotOfferedError(msg)
    *_, (start, last) = written.lines_of(found)
    at, to = start + len(last.rstrip()), rest_of(written, follower)
    if written.text[at : _keyword(written, follower)].strip():
        msg = "a comment stands between the two instructions"
        raise NotOfferedError(msg)
    text = f" \\{written.manner.line_end}    && "
    return Proposal((finding.id,), (Edit(written.file, Span(at, to), text),))


def tighter_mode(ground: Ground, finding: Finding) -> Proposal:
    """Let nobody but owner and group write."""
    written, found = instruction_of(ground, finding)
    edits = [
        Edit(written.file, Span(at, at + 1), str(int(match[2]) & 5))
        for start, text in written.lines_of(found)
        for match in _OTHERS_WRITE.finditer(text)
        for at in [start + match.start(2)]
    ]
    if not edits:
        msg = "the mode is not written as a number"
        raise NotOfferedError(msg)
    return Proposal((finding.id,), tuple(edits))


def signal_to_end(ground: Ground, finding: Finding) -> tuple[Edit, ...]:
    """Send the signal that a program can answer by ending in order."""
    written, found = instruction_of(ground, finding)
    start = rest_of(written, found)
    return (Edit(written.file, Span(start, start + len(found.rest)), "SIGTERM"),)


def instruction_of(ground: Ground, finding: Finding) -> tuple[WrittenDockerfile, Instruction]:
    """Give the Dockerfile of a finding as written, and the instruction that it is about.

    Raises:
        NotOfferedError: The file is not written as we change it.
    """
    written = ground.written(finding.place.file)
    found = written.at(finding.place.line) if isinstance(written, WrittenDockerfile) else None
    if found is None or not isinstance(written, WrittenDockerfile):
        msg = "the Dockerfile is not written as we change it"
        raise NotOfferedError(msg)
    return written, found


def _keyword(written: WrittenDockerfile, found: Instruction) -> int:
    start = written.starts[found.line - 1]
    text = written.line(found.line - 1)
    return start + len(text) - len(text.lstrip())


def rest_of(written: WrittenDockerfile, found: Instruction) -> int:
    """Tell where the words behind the keyword begin, on the same line."""
    start = _keyword(written, found) + len(found.keyword)
    text = written.text[start:]
    return start + len(text) - len(text.lstrip(" \t"))


def _depth(line: str) -> str:
    blanks = line[: len(line) - len(line.lstrip())]
    return blanks or "    "


def _insert(written: WrittenDockerfile, at: int, text: str) -> tuple[Edit, ...]:
    return (Edit(written.file, Span(at, at), text),)
