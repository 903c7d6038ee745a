"""`cmi checks`: list what we look for, or explain one check."""

from __future__ import annotations

import difflib
import sys
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from deployments.cli.findings import Voice, writable
from deployments.cli.layout import columns, wrap
from deployments.cli.options import (
    AsJson,
    Lang,
    language,
)
from deployments.cli.output import coloured, emit_json, write
from knowledge.concepts import title
from knowledge.samples import MARK, cases
from knowledge.texts import check_texts
from tasks.domain.exits import Exit
from tasks.domain.security.candidates import CHANGES
from tasks.domain.security.checks import CHECKS
from tasks.domain.version import VERSION
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.domain.findings import Check

_POINTER = "   # <--"  # a comment in every kind of file that we read


def checks(
    name: Annotated[str | None, Parameter(help="Explain this one; without it, list all.")] = None,
    /,
    *,
    as_json: AsJson = False,
    lang: Lang = None,
) -> int:
    """List the checks, or explain one."""
    voice = Voice(writable(language(lang)), coloured(sys.stdout))
    wanted = [check for check in CHECKS if name in (None, check.id)]
    if not wanted:
        raise PermanentToolError(_unknown(voice, str(name)))
    if as_json:
        emit_json(
            {
                "version": VERSION,
                "checks": [_record(check) for check in wanted],
                "exit": {"code": int(Exit.DONE), "reasons": []},
            }
        )
    elif name is None:
        write("".join(f"{line}\n" for line in _listed(wanted, voice)), sys.stdout)
    else:
        write(_explained(wanted[0], voice), sys.stdout)
    return Exit.DONE


def _record(check: Check) -> dict[str, object]:
    text = check_texts()[check.id]
    return {
        "id": check.id,
        "severity": text.severity.value,
        "kinds": list(check.kinds),
        "controls": list(text.controls),
        "theory": list(text.theory),
        "fix": _fix(check.id) or None,
    }


def _listed(wanted: Sequence[Check], voice: Voice) -> Iterator[str]:
    """List the checks, the worst first, and say how to learn more."""
    for check in sorted(wanted, key=lambda each: check_texts()[each.id].severity.rank):
        yield _line(check, voice)
    changed = sum(bool(_fix(check.id)) for check in wanted)
    yield ""
    yield voice.say("explain.more", n=len(wanted), changed=changed)


def _line(check: Check, voice: Voice) -> str:
    text = check_texts()[check.id]
    label = voice.paint(text.severity, voice.severity(text.severity))
    return f"{label} {check.id:<30} {text.words[voice.language].title}"


def _explained(check: Check, voice: Voice) -> str:
    text = check_texts()[check.id]
    words = text.words[voice.language]
    severity = voice.say(f"severity.{text.severity}")
    rows = (
        ("severity", f"{severity}: {voice.say(f'severity_means.{text.severity}')}"),
        ("kinds", ", ".join(check.kinds)),
        ("why", words.why),
        ("remedy", words.remedy),
        ("fix", _fix(check.id) or voice.say("explain.none")),
        ("controls", ", ".join(text.controls) or voice.say("explain.none")),
        ("theory", "; ".join(f"{title(each, voice.language)} ({each})" for each in text.theory)),
    )
    width = columns(sys.stdout)
    lines = [
        line
        for key, said in rows
        for line in wrap(f"{voice.say(f'explain.{key}')}: {said}", width, rest="  ")
    ]
    head = [f"{check.id}: {words.title}", "", *lines]
    return "\n".join([*head, *_examples(check, voice)]) + "\n"


def _examples(check: Check, voice: Voice) -> Iterator[str]:
    """Show the first source with the defect, its place marked, and the first without."""
    found = cases(check.id)
    for kind in ("failing", "passing"):
        case = next((each for each in found if each.name.startswith(kind)), None)
        for file, lines in case.files.items() if case else ():
            yield from ("", voice.say(f"explain.{kind}", file=file), "")
            marked = (former.strip() == MARK for former in ("", *lines))
            for line, here in zip(lines, marked, strict=False):
                if line.strip() != MARK:
                    yield f"    {line}{_POINTER if here else ''}"


def _fix(check: str) -> str:
    """Name the kind of change that answers ``check``; nothing when a person has to."""
    return next((change.kind for change in CHANGES if check in change.closes), "")


def _unknown(voice: Voice, name: str) -> str:
    near = difflib.get_close_matches(name, [check.id for check in CHECKS], 1)
    return (
        voice.say("did_you_mean", name=name, near=near[0])
        if near
        else voice.say("unknown", name=name)
    )
