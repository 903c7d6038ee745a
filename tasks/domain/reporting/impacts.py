"""What people read at a gate: why a run stopped, what it means, and which ways there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.domain.impact import Standing
from tasks.domain.reporting.deliverables import LANGUAGES
from tasks.domain.reporting.markdown import bullets, code, document, escape, sentence, table
from tasks.domain.reporting.texts import wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.domain.impact import CellStanding
    from tasks.domain.interruptions import Decision
    from tasks.domain.reporting.texts import Wording

__all__ = ["LANGUAGES", "decided_line", "impact_text", "replan_text"]

_COLUMNS = ("cell", "standing", "why", "concerned", "seconds", "deliverables")


def impact_text(asked: Decision, name: str, language: str) -> str:
    """Write the impact report of one question, with the ways to answer it."""
    say, about = wording(language, "decisions"), asked.question
    command = f"cmi decide {asked.run}"
    return document(
        escape(say("title", name=name)),
        escape(say("asked", run=asked.run)),
        f"## {say('why')}",
        bullets(_trigger(each, say) for each in about["triggers"]),
        f"## {say('impact')}",
        table([say(f"columns.{each}") for each in _COLUMNS], _rows(about["cells"], say)),
        bullets(_sums(about, say)),
        f"## {say('ways')}",
        bullets(escape(say(f"choice.{each}")) for each in about["choices"]),
        f"## {say('strategies')}",
        bullets(escape(say(f"strategy.{each}")) for each in about["strategies"]),
        say("command", command=code(command)),
    )


def _trigger(each: Mapping[str, Any], say: Wording) -> str:
    reason = in_language(each["reason"], say.language).rstrip(".\u3002")
    kind = say(f"kind.{each['kind']}")
    return sentence(say("trigger", kind=kind, reason=reason, by=each["by"]))


def _rows(cells: Sequence[Mapping[str, Any]], say: Wording) -> list[list[str]]:
    nothing = say("none")
    return [
        [
            code(each["cell"]),
            say(f"standing.{each['standing']}"),
            escape("; ".join(say(f"changed.{name}") for name in each["changed"])) or nothing,
            say("yes") if each["concerned"] else nothing,
            say("never") if each["seconds"] is None else f"{each['seconds']:.1f}",
            " ".join(map(code, each["deliverables"])) or nothing,
        ]
        for each in cells
    ]


def _sums(about: Mapping[str, Any], say: Wording) -> list[str]:
    valid = [each["cell"] for each in about["cells"] if each["standing"] == Standing.VALID]
    missing: list[str] = []
    lines = [say("valid", cells=", ".join(map(code, valid))) if valid else say("valid_none")]
    for name in ("redo", "rest"):
        count, unknown = len(about[name]["cells"]), about[name]["not_measured"]
        if not count:
            lines.append(say(f"{name}_none"))
        elif len(unknown) == count:
            lines.append(say(f"{name}_unknown", n=count))
        else:
            lines.append(say(name, n=count, seconds=f"{about[name]['seconds']:.1f}"))
            missing += unknown
    if missing:
        lines.append(say("not_measured", cells=", ".join(map(code, missing))))
    return lines


def replan_text(name: str, cells: Sequence[CellStanding], language: str) -> str:
    """Say which finished cells run again, and why."""
    say = wording(language, "decisions")
    stale = [each for each in cells if each.standing is Standing.STALE]
    ours = any("code" in each.changed for each in stale)
    lines = [
        say(
            "replan.line",
            cell=code(each.cell),
            why=escape("; ".join(say(f"changed.{part}") for part in each.changed)),
        )
        for each in stale
    ]
    return document(
        escape(say("replan.title", name=name)), say("replan.code") if ours else "", bullets(lines)
    )


def decided_line(decision: Mapping[str, Any], language: str) -> str:
    """Say in one line who decided what, when and why; plain text."""
    say, answer = wording(language, "decisions"), decision["answer"]
    about = [
        f"{say('kind.' + each['kind'])}: {in_language(each['reason'], language).rstrip('.')}"
        for each in decision["question"]["triggers"]
    ]
    return say(
        "decided",
        at=decision["answered_at"],
        by=answer["by"],
        choice=answer["choice"],
        reason=answer["reason"].rstrip("."),
        strategies=", ".join(answer["strategies"]) or say("none"),
        about="; ".join(about),
    )
