"""The reader's language, and sentences said in it. Standard library until one is translated."""

from __future__ import annotations

import locale
import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from typing import TextIO

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

# What `--lang` said, for everything that is said until the command ends.
CHOSEN: ContextVar[Language | None] = ContextVar("CHOSEN", default=None)


def language(chosen: Language | None = None) -> Language:
    """Pick the language: the option, else the user's locale, else English."""
    if told := chosen or CHOSEN.get():
        return told
    wanted = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)),
        locale.getlocale()[0] or "",
    )
    return "zh" if wanted.lower().startswith("zh") else "en"


def spoken(text: str, stream: TextIO) -> str:
    """Say ``text`` in the reader's language, as far as ``stream`` can write it.

    Before the installation the catalogue cannot be read; then English has to do.
    """
    wanted = language()
    if wanted == "en" or not can_write(stream):
        return text
    try:
        from tasks.domain.sentences import in_language  # noqa: PLC0415  # needs the installation
    except ImportError:
        return text
    return "\n".join(in_language(line, wanted) for line in text.split("\n"))


def can_write(stream: TextIO) -> bool:
    """True when the stream's encoding knows Chinese characters, and its terminal too.

    In the C locale Python still writes UTF-8, which is right for files and pipes alone.
    """
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    if stream.isatty() and next(filter(None, named), "") in ("C", "POSIX"):
        return False
    try:
        "\u4e2d".encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def taken_out(arguments: list[str]) -> tuple[list[str], str | None]:
    """Split ``--lang X`` off the arguments of a command: it means the same in each of them.

    What stands behind ``--`` is no option. The last one counts, as usual.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    rest: list[str] = []
    told: str | None = None
    words = iter(arguments[:end])
    for word in words:
        if word == "--lang":
            told = next(words, "")
        elif word.startswith("--lang="):
            told = word.partition("=")[2]
        else:
            rest.append(word)
    return rest + arguments[end:], told


def known(told: str) -> Language | None:
    """Return ``told`` when it is a language that we speak."""
    return next((each for each in LANGUAGES if each == told), None)
