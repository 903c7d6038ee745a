"""What was seen of a scenario, and what follows: a pure function of the two.

Texts of answers are looked at once, where they arrive; what is kept of one is what each check
found in it, its digest and its beginning, never the whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.candidates import ProofState
from tasks.domain.verification.acceptance.scenarios import ASKING, TEXTUAL, Claim, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.verification.acceptance.scenarios import Check, Scenario, Step

MOST_BYTES = 1 << 16  # of one answer that are looked at
_SHOWN = 200  # letters of an answer that are kept for people
_REFUSED = 400  # from this status on, a request did not get what it asked for
_INCOMPLETE = "it was not carried out to its end"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one step came to. ``code``: status of a response, exit code of a command."""

    done: bool
    code: int = 0
    seconds: float = 0.0
    digest: str = ""
    cut: bool = False  # there was more than is looked at
    holds: tuple[bool, ...] = ()  # by check on the text
    shown: str = ""
    reason: str = ""  # why it was not done


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that was seen of one scenario. ``reason``: why nothing was."""

    given: tuple[Seen, ...] = ()
    before: tuple[Seen, ...] = ()  # answers that must be kept
    when: tuple[Seen, ...] = ()  # the last one of several tries
    after: tuple[Seen, ...] = ()  # what checks asked by themselves
    waited: float = 0.0  # seconds that the last step was repeated for
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A scenario and how it went."""

    scenario: Scenario
    course: Course


@dataclass(frozen=True, slots=True)
class Judged:
    """What a scenario came to; failed ones name each check that did not hold."""

    state: ProofState
    reason: str = ""


def seen(code: int, data: bytes, seconds: float, scenario: Scenario, *, shown: bool) -> Seen:
    """Look at the text of an answer, and keep of it what is judged.

    ``shown``: its beginning may be shown, because no secret of the user's can be in it.
    """
    text = data[:MOST_BYTES].decode(errors="replace")
    cut = len(data) > MOST_BYTES
    holds = tuple(_holds(each, text, cut=cut) for each in scenario.textual)
    digest = hashlib.sha256(data[:MOST_BYTES]).hexdigest()
    start = " ".join(text[:_SHOWN].split()) if shown else ""
    return Seen(True, code, seconds, digest, cut, holds, start)  # noqa: FBT003  # it was done


def _holds(check: Check, text: str, *, cut: bool) -> bool:
    if check.claim is Claim.CONTAINS:
        return check.text in text
    if cut:  # nobody knows what stands in the rest
        return False
    return text.strip() == check.text.strip() if check.claim is Claim.IS else check.text not in text


def judge(scenario: Scenario, course: Course) -> Judged:
    """Judge a scenario. What is given and not there leaves it not assessed: nothing was tried."""
    if course.reason:
        return Judged(ProofState.NOT_ASSESSED, course.reason)
    for step, found in zip(
        (*scenario.given, *scenario.kept), (*course.given, *course.before), strict=False
    ):
        if missing := unmet(step, found):
            what = f"what is given is not there: {_at(scenario, step.line, missing)}"
            return Judged(ProofState.NOT_ASSESSED, what)
    for step, found in zip(scenario.when, course.when, strict=False):
        if not found.done:
            return Judged(ProofState.FAILED, _at(scenario, step.line, found.reason))
    if not _whole(scenario, course):
        return Judged(ProofState.NOT_ASSESSED, _INCOMPLETE)
    wrong = [_at(scenario, check.line, what) for check, what in _wrong(scenario, course)]
    return Judged(ProofState.FAILED if wrong else ProofState.PASSED, "; ".join(wrong))


def _at(scenario: Scenario, line: int, what: str) -> str:
    return f"at {scenario.file}:{line}, {what}"


def _whole(scenario: Scenario, course: Course) -> bool:
    """Tell whether every step was seen, and every check on a text."""
    planned = (scenario.given, scenario.kept, scenario.when, scenario.asking)
    found = (course.given, course.before, course.when, course.after)
    lengths = all(len(one) == len(other) for one, other in zip(planned, found, strict=True))
    return lengths and (not scenario.textual or len(course.when[-1].holds) == len(scenario.textual))


def unmet(step: Step, found: Seen) -> str:
    """Say why something that is given is not there; nothing when it is."""
    if not found.done:
        return found.reason
    if step.kind is Kind.REQUEST and found.code >= _REFUSED:
        return f"the answer has status {found.code}"
    if step.kind is Kind.RUN and found.code:
        return f"the command ended with {found.code}"
    return ""


def _wrong(scenario: Scenario, course: Course) -> Iterator[tuple[Check, str]]:
    last = course.when[-1]
    holds, after, before = iter(last.holds), iter(course.after), iter(course.before)
    for check in scenario.then:
        if check.claim in TEXTUAL:
            what = "" if next(holds) else _text_wrong(check, last)
        elif check.claim in ASKING:
            former = next(before) if check.claim is Claim.KEPT else None
            what = _asked_wrong(next(after), former)
        else:
            what = _number_wrong(check, last)
        if what:
            yield check, what


def _text_wrong(check: Check, last: Seen) -> str:
    said = {
        Claim.CONTAINS: f"the answer does not contain `{check.text}`",
        Claim.LACKS: f"the answer contains `{check.text}`",
        Claim.IS: f"the answer is not `{check.text}`",
    }[check.claim]
    if last.cut:
        said = f"only the first {MOST_BYTES >> 10} KiB of the answer were looked at"
    return said


def _asked_wrong(found: Seen, former: Seen | None) -> str:
    if not found.done:
        return found.reason
    if former is not None and (former.code, former.digest) != (found.code, found.digest):
        return "it is not answered as before"
    return ""


def _number_wrong(check: Check, last: Seen) -> str:
    wanted = check.number
    if check.claim is Claim.WITHIN:
        late = last.seconds > wanted
        return f"the answer took {last.seconds:.2f} s, not {wanted:g} s" if late else ""
    if last.code == wanted:
        return ""
    if check.claim is Claim.STATUS:
        return f"the answer has status {last.code}, not {wanted:.0f}"
    return f"the command ended with {last.code}, not {wanted:.0f}"


def summary(acts: tuple[Act, ...]) -> dict[str, Judged]:
    """Judge every scenario, by name."""
    return {each.scenario.name: judge(each.scenario, each.course) for each in acts}
