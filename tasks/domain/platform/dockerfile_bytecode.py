"""What an image does about Python's byte-code: whether modules must be compiled at each start.

Words of commands are looked at and dropped; what is told is from closed lists.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tasks.domain.platform.shell import Command, commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.dockerfile_syntax import Instruction

# Folders of an interpreter and of packages; `/usr/src/app` and `/opt/app` hold somebody's own.
_LIBRARIES = re.compile(
    r"/(?:usr(?:/local)?(?:/(?:lib|share)(?:/\S*)?)?|opt)?/?"
    r"|\S*(?:site-packages|dist-packages|lib/python|venv|conda|VIRTUAL_ENV)\S*",
    re.IGNORECASE,
)
STARTS = frozenset({"starts-python", "starts-script", "starts-other"})
BYTE_CODE = re.compile(r"__pycache__|\.py(?:[cod*]\b|\[[cod]+\]|\*)")
_KEPT = re.compile(r"(?:!|-not)\s+-i?name\s+\S*(?:__pycache__|\.py)")
_ENDS = re.compile(r"&&|\|\||\n|(?<!\\);|(\|)")
_CLEANERS = frozenset({"pyclean", "py3clean"})
_PIP = re.compile(r"pip[\d.]*|uv")
_PYTHON = re.compile(
    r"(?:python|pypy)[\d.]*|\S+\.py|gunicorn|uvicorn|hypercorn|daphne|granian|waitress-serve|uwsgi"
    r"|celery|flask|fastapi|django-admin|streamlit|dramatiq|rq|twistd|airflow|prefect|mlflow"
    r"|ddtrace-run|opentelemetry-instrument|poetry|pipenv"
)
_SCRIPT = re.compile(r"\S*\.sh|\S*/[^/.\s]+|(?:ba|da|a|z)?sh|tini|dumb-init|env|gosu|su-exec|\$\S+")
# A program stands behind its wrapper, their options and a user at most.
_LOOKED_AT = 4
_BASE = re.compile(r"(?:\S*/)?(?:python|pypy|miniconda3?|anaconda3?)(?:[:@]\S*)?")
# Names without an ending that are files, and no folders of modules.
_NAMES = (
    "dockerfile docker-entrypoint entrypoint gemfile license makefile pipfile procfile run start"
)
_FILES = frozenset(_NAMES.split())


def of_run(instruction: Instruction, found: tuple[Command, ...]) -> Iterator[tuple[str, str]]:
    """Tell what the commands of a RUN compile, leave uncompiled, and take away."""
    for each in found:
        if without_byte_code(each):
            yield "packages-not-compiled", "pip"
        folders = _compiled(each)
        if folders:
            yield "compiles", "sources"
        if any(_LIBRARIES.fullmatch(folder) for folder in folders):
            yield "compiles", "packages"
    text = "\n".join(instruction.heredocs) or instruction.rest
    for program in _removing(text):
        yield "byte-code-removed", program


def without_byte_code(command: Command) -> bool:
    """Tell an installation that pip is told not to compile."""
    pip = _PIP.fullmatch(command.program) or (command.has("-m") and command.has("pip"))
    return bool(pip) and command.has("install") and command.has("--no-compile")


def _compiled(command: Command) -> list[str]:
    """Give what is compiled; without folders compileall takes only what lies in the top ones."""
    if not command.has("compileall") and command.program not in {"py3compile", "pycompile"}:
        return []
    behind = command.words[1:]
    if "compileall" in behind:
        behind = behind[behind.index("compileall") + 1 :]
    return [word for word in behind if not word.startswith("-")]


def _removing(text: str) -> Iterator[str]:
    """Name the programs that take byte-code out of the folders of packages."""
    pieces = _pieces(text)
    for (piece, _), (after, piped) in pairwise([*pieces, ("", False)]):
        fed = piped and after.startswith("xargs") and " rm" in after
        if program := removes(piece, fed=fed):
            yield program


def _pieces(text: str) -> list[tuple[str, bool]]:
    found, at, piped = [], 0, False
    for end in _ENDS.finditer(text):
        found.append((text[at : end.start()].strip(), piped))
        at, piped = end.end(), bool(end[1])
    return [*found, (text[at:].strip(), piped)]


def removes(piece: str, *, fed: bool = False) -> str:
    """Name the program by which one command takes packages' byte-code away, empty if none does.

    ``fed``: what it finds is handed to ``rm`` by a pipe.
    """
    words = [word.strip("\"'") for word in piece.split()]
    while words and words[0] in {"sudo", "(", "{", "then", "do", "!"}:
        words.pop(0)
    program = words[0].rpartition("/")[2] if words else ""
    if program in _CLEANERS:
        return program
    if not BYTE_CODE.search(piece) or _KEPT.search(piece):
        return ""
    if program == "find":
        deletes = fed or "-delete" in words or "rm" in words
        first = next((n for n, w in enumerate(words) if w.startswith(("-", "\\", "!"))), 0)
        where = words[1:first]
        return program if deletes and any(_LIBRARIES.fullmatch(each) for each in where) else ""
    removed = [word for word in words[1:] if BYTE_CODE.search(word)]
    held = any(_LIBRARIES.fullmatch(word.rpartition("/")[0] or "/") for word in removed)
    return program if program == "rm" and held else ""


def of_copy(sources: list[str]) -> Iterator[tuple[str, str]]:
    """Tell whether modules may be among what is copied: folders, or files of Python."""
    for source in sources:
        name = source.rstrip("/").rpartition("/")[2].lower()
        ending = name.rpartition(".")[2] if "." in name.strip(".") else ""
        if ending == "py" or (not ending and name not in _FILES):
            yield "copies-sources", ""


def of_start(instruction: Instruction) -> Iterator[tuple[str, str]]:
    """Tell whether Python is started, a script that may start it, or something else."""
    starts = [each.words[:_LOOKED_AT] for each in commands(instruction)]
    names = [word.rpartition("/")[2] for words in starts for word in words]
    if any(_PYTHON.fullmatch(name) for name in names):
        yield "starts-python", instruction.keyword
    elif starts:
        script = _SCRIPT.fullmatch(starts[0][0])
        yield "starts-script" if script else "starts-other", instruction.keyword


def is_python(base: str) -> bool:
    """Tell whether an image is made for programs of Python, by its name."""
    return bool(_BASE.fullmatch(base))
