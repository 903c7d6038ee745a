"""`--branch`: changes as commits of a git branch, beside the user's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.cli.output import say
from tasks.domain.conflicts import in_steps
from tasks.domain.exits import Exit
from tasks.domain.reporting.described import candidate_texts
from tasks.domain.sentences import in_language
from tasks.tools.branches import Commit, make

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deployments.cli.findings import Voice
    from tasks.domain.candidates import Candidate
    from tasks.domain.findings import Finding
    from tasks.domain.platform.sources import Source

_SHORT = 12  # characters of a hash that people read
_SUBJECT = 72  # characters of a commit's first line, by git's own advice


def branch(
    place: tuple[Sequence[Path], Source],
    name: str,
    candidates: Sequence[Candidate],
    findings: Sequence[Finding],
    voice: Voice,
) -> Exit:
    """Make a branch with one commit for each candidate; who collides is named and left out."""
    paths, source = place
    steps, left_out = in_steps(candidates, findings, source)
    commits = [Commit(message(step.candidate, voice), step.files) for step in steps]
    made = make(paths, name, commits, source.files)
    said = "branch_already" if made.already else "branch_made"
    base = made.base[:_SHORT]
    say(voice.say(said, n=made.commits, name=name, base=base))
    for each, reason in left_out.items():
        say(f"{each}: {in_language(reason, voice.language)}")
    return Exit.DONE


def message(candidate: Candidate, voice: Voice) -> str:
    """Write a commit's message: what, why, what it may break, and how to undo it."""
    text = candidate_texts(candidate)[voice.language]
    subject = f"{text.title}: {candidate.subject}"
    subject = subject if len(subject) <= _SUBJECT else f"{subject[: _SUBJECT - 1]}\u2026"
    return "\n\n".join(
        (
            subject,
            f"{text.message} {text.why}",
            text.remedy,
            f"cmi: {candidate.id}\n",
        )
    )
