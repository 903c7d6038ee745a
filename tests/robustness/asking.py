"""A case put to `cmi check` and `cmi intake`, and what is wrong with the answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.domain.exits import Exit
from tests.robustness.case import WEB
from tests.robustness.running import Answer, cmi, document_of, lines, noticed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.robustness.case import Case


@dataclass(slots=True)
class Asked:
    """The answers to one case, and what keeps them from being good ones."""

    check: Answer
    intake: Answer
    said: list[str]
    faults: list[str] = field(default_factory=list)


def ask(case: Case, folder: Path) -> Asked:
    """Write the input, run both commands on it, and judge what they say."""
    place = folder / "platform"
    place.mkdir()
    case.write(place)
    paths = case.asks.split()
    log = folder / "log.sarif"
    options = ("--json", "--sarif", str(log), "--fail-on", "none")
    check = cmi(["check", *paths, *options], place, case.seconds, case.megabytes)
    intake = cmi(["intake", *paths, "--json"], place, case.seconds, case.megabytes)
    asked = Asked(check, intake, lines(document_of(check)))
    asked.faults += _faults(case, asked)
    if case.beyond is not None and (more := check.processor - _usual(folder)) > case.beyond:
        asked.faults.append(f"check took {more:.1f} s more than for a harmless file")
    notices = noticed(json.loads(log.read_text("utf-8"))) if log.exists() else []
    asked.faults += _silent(asked, document_of(intake), notices)
    written = log.read_text("utf-8") if log.exists() else ""
    outputs = (check.stdout, check.stderr, intake.stdout, intake.stderr, written)
    asked.faults += [f"{text!r} got out" for text in case.hides if any(text in o for o in outputs)]
    return asked


def _usual(folder: Path) -> float:
    """Measure what a harmless file takes, here and now: processor time in seconds."""
    harmless = folder / "harmless"
    harmless.mkdir()
    (harmless / "compose.yaml").write_text(WEB, encoding="utf-8")
    return cmi(["check", ".", "--json", "--fail-on", "none"], harmless, 60, 1024).processor


def _faults(case: Case, asked: Asked) -> list[str]:
    found = []
    for name, answer in (("check", asked.check), ("intake", asked.intake)):
        if answer.code != case.exit:
            said = answer.stderr.strip()[-300:]
            found.append(f"{name} ended with {answer.code}, not {int(case.exit)}: {said}")
        if "Traceback" in answer.stderr or "our fault" in answer.stderr:
            found.append(f"{name} broke: {answer.stderr[-300:]}")
        if answer.processor > case.seconds:
            found.append(f"{name} took {answer.processor:.1f} s of {case.seconds:.0f}")
        if answer.megabytes > case.megabytes:
            found.append(f"{name} took {answer.megabytes:.0f} MB of {case.megabytes}")
    found += [
        f"nothing says {p!r} in {asked.said[:12]}" for p in case.says if not _holds(p, asked.said)
    ]
    return found


def _holds(pattern: str, said: list[str]) -> bool:
    """Tell whether a line says it; what begins with ``^(?!`` must hold for all lines."""
    matches = (bool(re.search(pattern, line)) for line in said)
    return all(matches) if pattern.startswith("^(?!") else any(matches)


def _silent(asked: Asked, intake: dict[str, Any], notices: list[str]) -> list[str]:
    """Name what one output lists as unread and another does not, or a clean bill after it."""
    unread = [line for line in asked.said if line.startswith("unread ")]
    found = []
    if unread and asked.check.code not in {Exit.INPUT_UNREAD, Exit.NO_PLATFORM}:
        found.append(f"something was unread, and the code was {asked.check.code}")
    known = {f"unread {e['file']}:{e['line']}: {e['reason']}" for e in intake.get("unread", ())}
    found += [f"intake does not list: {line}" for line in unread if line not in known]
    reasons = [line.partition(": ")[2] for line in unread]
    found += [f"SARIF does not say: {r}" for r in reasons if not any(r in n for n in notices)]
    return found
