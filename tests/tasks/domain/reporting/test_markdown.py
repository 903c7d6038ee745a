from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tasks.domain.reporting.markdown import (
    block,
    bullets,
    code,
    document,
    escape,
    sentence,
    table,
)

# An independent renderer with raw HTML and links on: it shows every markup that survives.
RENDER = MarkdownIt("commonmark", {"html": True}).enable("table")
HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /c calc'!A0",
    "../../x",
    "a|b",
    "[x](javascript:alert(1))",
    "![x](http://192.0.2.1/x.png)",
    "`code`",
    "# title",
    "- item",
    "1. item",
    "a\n\n# injected",
    "&lt;b&gt;",
    "\u202egnp.exe",
    "<http://192.0.2.1>",
    "http://192.0.2.1",
    "**bold** _it_ ~~x~~",
]


def shown(html: str) -> str:
    """Return what a reader sees, tags removed, entities resolved."""
    text = re.sub(r"<[^>]+>", "", html)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text.strip()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(name: str) -> None:
    html = RENDER.render(f"Service {escape(name)} runs.")

    assert html.count("<") == 2  # our own paragraph
    assert re.sub(r"[\s\u202e]+", " ", f"Service {name} runs.") == re.sub(r"\s+", " ", shown(html))


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("how", [escape, code])
def test_a_hostile_name_stays_in_its_cell(name: str, how: object) -> None:
    assert callable(how)
    html = RENDER.render(table(["name", "next"], [[how(name), "quiet"]]))

    assert html.count("<td>") == 2
    assert "<td>quiet</td>" in html
    assert not re.search("<(script|img|a|h1|li|em|strong|b)\\b", html)


@given(st.text(max_size=40))
def test_no_text_makes_markup(text: str) -> None:
    html = RENDER.render(f"x {escape(text)} y")

    assert re.findall("<[^>]+>", html) == ["<p>", "</p>"]


@given(st.text(max_size=40))
def test_code_is_one_span_whatever_it_holds(text: str) -> None:
    html = RENDER.render(f"x {code(text)} y")

    assert set(re.findall("<[^>]+>", html)) <= {"<p>", "</p>", "<code>", "</code>"}


def test_a_block_cannot_be_closed_from_inside() -> None:
    html = RENDER.render(block("a\n```\n<script>\n```", "sh"))

    assert html.count("<pre>") == 1
    assert "<script>" not in html


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells"):
        table(["a", "b"], [["only one"]])


def test_a_document_has_a_title_and_no_empty_parts() -> None:
    assert document("T", "one\n", "", bullets(["a", "b"], ordered=True)) == (
        "# T\n\none\n\n1. a\n2. b\n"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_at_the_start_of_a_line_is_text(name: str) -> None:
    html = RENDER.render(escape(name))

    assert html.count("<") == 2


@pytest.mark.parametrize("name", HOSTILE)
def test_a_sentence_with_a_hostile_name_has_no_markup_but_code(name: str) -> None:
    html = RENDER.render(sentence(f"Run `cmi doctor` for {name} or `{name}` now"))

    assert set(re.findall("<[^>]+>", html)) <= {"<p>", "</p>", "<code>", "</code>"}


def test_code_in_a_sentence_keeps_the_blanks_around_it() -> None:
    assert sentence("see `cmi doctor` - now") == "see `cmi doctor` - now"
    assert sentence("one ` only") == r"one \` only"


def test_ordinary_text_stays_readable_as_markdown() -> None:
    assert (
        escape("No e-mail (yet), see docs/x.md: 50 %!") == "No e-mail (yet), see docs/x.md: 50 %!"
    )
