"""Rows about Dockerfiles."""

from __future__ import annotations

from tasks.domain.exits import Exit
from tests.robustness.case import ASSESSED, WEB, Case

_BUILT = f"{WEB}  built:\n    build: .\n"
_ROOT = r"^finding runs-as-root .*built"


def _case(name: str, what: str, text: str | bytes, *says: str, code: Exit = Exit.DONE) -> Case:
    return Case(
        f"29-{name}", what, {"compose.yaml": _BUILT, "Dockerfile": text}, code, (ASSESSED, *says)
    )


DOCKERFILE = (
    _case(
        "run-before-from",
        "RUN before FROM",
        "RUN true\nFROM alpine:3.20\n",
        r"^unread Dockerfile:1: RUN stands before the first FROM",
        code=Exit.INPUT_UNREAD,
    ),
    _case(
        "unset-argument",
        "an ARG without a value in FROM",
        "ARG BASE\nFROM $BASE\nRUN true\n",
        r"Dockerfile:2.*\bBASE\b",
        code=Exit.DONE,
    ),
    _case(
        "later-stage",
        "COPY --from a stage that comes later",
        "FROM alpine:3.20\nCOPY --from=later /a /a\nFROM alpine:3.20 AS later\nRUN true\n",
        r"Dockerfile:2.*later",
        code=Exit.INPUT_UNREAD,
    ),
    _case(
        "trailing-backslash",
        "a backslash at the end of the file",
        "FROM alpine:3.20\nRUN true \\\n",
        _ROOT,
    ),
    _case(
        "windows-escape",
        "the escape directive of Windows",
        "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\n"
        "COPY a C:\\\nRUN dir `\n  C:\\\nUSER ContainerUser\n",
    ),
    _case("byte-order-mark", "a byte order mark", "\ufeffFROM alpine:3.20\nUSER 1000\n"),
    _case("heredoc", "a script inside", "FROM alpine:3.20\nRUN <<EOF\nUSER root\nEOF\nUSER 1000\n"),
    _case(
        "open-heredoc",
        "a script that does not end",
        "FROM alpine:3.20\nRUN <<EOF\ntrue\n",
        r"^unread Dockerfile:2: .*EOF does not end",
        code=Exit.INPUT_UNREAD,
    ),
    _case(
        "not-text",
        "bytes that are not UTF-8",
        b"FROM alpine:3.20\nRUN \xff\xfe\n",
        r"^unread Dockerfile:2: is not UTF-8",
        code=Exit.INPUT_UNREAD,
    ),
    _case(
        "empty",
        "a Dockerfile of no bytes",
        "",
        r"^unread Dockerfile:1: .*no FROM",
        code=Exit.INPUT_UNREAD,
    ),
    _case(
        "unknown-instruction",
        "an instruction that there is not",
        "FROM alpine:3.20\nINSTALL curl\n",
        r"^unread Dockerfile:2: INSTALL is no instruction",
        code=Exit.INPUT_UNREAD,
    ),
)
