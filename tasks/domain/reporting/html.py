"""The report for people: one HTML file a language, nothing loaded from outside.

A pure function of the bundle, so that an audit can write it again and compare.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from knowledge import concepts
from tasks.domain.programme import CELLS
from tasks.domain.reporting import (
    decisions,
    kinds,
    pictures,
    summary,
    timelines,
    trend,
    unassessed,
)
from tasks.domain.reporting.commands import by_recipe, take_over
from tasks.domain.reporting.deliverables import LANGUAGES
from tasks.domain.reporting.impacts import decided_line
from tasks.domain.reporting.records import NO_PROOF
from tasks.domain.reporting.texts import wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

    from tasks.domain.reporting.bundle import Bundle
    from tasks.domain.reporting.records import Record
    from tasks.domain.reporting.texts import Wording

BEST = 5  # as many as a manager reads
NOT_BUILT = "not built"
_CODE = re.compile(r"`([^`]+)`")
_DIFF_KINDS = (("+++", "meta"), ("---", "meta"), ("+", "add"), ("-", "del"), ("@@", "hunk"))
_HEADING_SHIFT = 2  # a deliverable's `# title` becomes an h3 below the section's h2


def reports(bundle: Bundle) -> dict[str, bytes]:
    """Write the report in every language, by file name."""
    return {f"report.{lang}.html": report(bundle, lang).encode() for lang in LANGUAGES}


def report(bundle: Bundle, language: str) -> str:
    """Write the report in one language."""
    template = _environment().get_template("report.html.j2")
    return template.render(**_view(bundle, language))


def _view(bundle: Bundle, language: str) -> dict[str, Any]:
    document, words = bundle.document, wording(language)
    return {
        "t": words,
        "said": partial(in_language, language=language),
        "language": language,
        "document": document,
        "name": summary.platform_name(document),
        "batch": summary.batch_name(document),
        "begun": _day(document["programme"].get("begun") or "", words),
        "css": Markup(_read("report.css")),  # noqa: S704  # our own file
        **_figures(document),
        **_changes(document),
        **_missing(document, words),
        "picture": pictures.picture(document),
        "exposed": pictures.exposures(document["platform"]),
        "tallies": pictures.tallies(document),
        "needs": pictures.needs(document["platform"]),
        "trend": trend.trend(document),
        "trend_width": trend.BAR_WIDTH,
        "day_of": partial(_day, words=words),
        "cells": list(_cells(document, words)),
        "documents": [
            (each, _rendered(bundle, each, language)) for each in document["deliverables"]
        ],
        "no_proof": NO_PROOF,
        "concept": concepts.title,
    }


def _figures(document: Record) -> dict[str, Any]:
    """Count what the first screen says."""
    states = Counter(each["state"] for each in document["cells"])
    return {
        "open": summary.open_findings(document),
        "counted": summary.by_severity(summary.open_findings(document)),
        "verdict": summary.verdict(document),
        "verdict_count": summary.verdict_count(document),
        "groups": summary.groups(document),
        "sooner": summary.sooner(document),
        "closed": summary.closed_by_accepted(document),
        "fixes": summary.fixes_by_finding(document),
        "states": states,
        "built": len(document["cells"]) - states[NOT_BUILT],
        "not_built": states[NOT_BUILT],
        "questions": decisions.questions(document),
    }


def _changes(document: Record) -> dict[str, Any]:
    found = kinds.kinds(document)
    return {
        "changes": document["candidates"],
        "kinds": found,
        "best": [each for each in found if each.helpful][:BEST],
        "anchors": kinds.anchors(found),
        "by_recipe": by_recipe,
        "take_over": partial(take_over, document["programme"]["entry"]),
        "findings": {each["id"]: each for each in document["findings"]},
    }


def _missing(document: Record, words: Wording) -> dict[str, Any]:
    found = unassessed.unassessed(document, words)
    decided = [decided_line(each, words.language) for each in document["decisions"]]
    return {"missing": found, "missing_counted": unassessed.counted(found), "decided": decided}


def _day(begun: str, words: Wording) -> str:
    """Say when a run began, to the minute; nothing when nobody wrote it down."""
    try:
        at = dt.datetime.fromisoformat(begun)
    except ValueError:
        return ""
    return words("day", date=at.date().isoformat(), time=f"{at:%H:%M}")


def _cells(document: Record, words: Wording) -> Iterator[tuple[str, Record]]:
    """Give each cell the name of its phase, in the order of the programme."""
    order = {cell.id: number for number, cell in enumerate(CELLS)}
    for cell in sorted(document["cells"], key=lambda each: order.get(each["id"], len(order))):
        yield words(f"phase.{cell['id'].partition('/')[0]}"), cell


def _rendered(bundle: Bundle, item: Record, language: str) -> Markup:
    """Render a deliverable without its title; raw HTML and images stay text."""
    text = bundle.files.get(item["files"][language], b"").decode("utf-8", "replace")
    tokens, told = _markdown().parse(text), {"language": language}
    drawn = _markdown().renderer.render(_below(tokens), _markdown().options, told)
    return Markup(drawn)  # noqa: S704  # html is off: markup in the text is escaped


def _below(tokens: list[Token]) -> list[Token]:
    """Drop the title, which is the section's heading, and lower the others."""
    rest = tokens[3:] if tokens and tokens[0].type == "heading_open" else tokens
    for token in rest:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + _HEADING_SHIFT)}"
    return rest


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.add_render_rule("fence", _fence)
    return made


def _fence(self: Any, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
    """Draw a block of lines that is a timeline; any other block stays text."""
    token = tokens[number]
    words = wording(env["language"], "deliverables")
    named = {each: words(f"baseline.phase.{each}") for each in timelines.COLOURS}
    drawn = timelines.picture(token.content, named) if token.info.strip() == "timeline" else ""
    if not drawn:
        return str(self.fence(tokens, number, options, env))
    name = escape(words("baseline.timeline"))
    return f'<div class="picture" tabindex="0" role="group" aria-label="{name}">{drawn}</div>\n'


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["inline"] = inline
    made.filters["diff_lines"] = diff_lines
    return made


def inline(text: str) -> Markup:
    """Show what stands between backticks as code; everything is escaped."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before


def diff_lines(patch: str) -> list[tuple[str, str]]:
    """Name the kind of each line of a unified diff: add, del, hunk, meta or nothing."""
    return [
        (next((kind for start, kind in _DIFF_KINDS if line.startswith(start)), ""), line)
        for line in patch.split("\n")
    ]


def _read(name: str) -> str:
    return (resources.files("knowledge") / "report" / name).read_text("utf-8")
