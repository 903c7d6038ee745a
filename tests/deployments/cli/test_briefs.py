from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from deployments.cli.briefs import brief
from deployments.cli.findings import Outcome, Voice
from tasks.domain.assess import assess
from tasks.domain.candidates import Candidate
from tasks.domain.fixes import Fix
from tasks.domain.platform.model import NotAssessed, Unread
from tasks.domain.waivers import Waived
from tests.tasks.domain.security.checks.platforms import platform, service

_WEB = platform(service("web"), service("db"))


def _outcome(*findings: object, **fields: object) -> Outcome:
    found = findings or assess(_WEB)
    return Outcome("here", _WEB.entry, Waived(found), found, **fields)  # type: ignore[arg-type]  # fields of the test's choice


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_is_there_with_its_place(language: str) -> None:
    text = brief(_outcome(), Voice(language))

    for finding in assess(_WEB):
        place = finding.place
        assert f"`{place.file}:{place.line}:{place.column}` {finding.subject}" in text
    assert str(len(assess(_WEB))) in text.splitlines()[0]


def test_the_best_fixes_come_first_with_their_command() -> None:
    finding = assess(_WEB)[0]
    change = Candidate("one", "no-new-privileges", (finding.id,), "web", (), patch="--- a\n")
    fixes = ((Fix((change,), change.closes), "cmi check . --patch one | git apply"),)

    text = brief(_outcome(fixes=fixes), Voice("en"))

    assert "cmi check . --patch one | git apply" in text
    assert text.index("git apply") < text.index("## Findings")


def test_what_was_not_looked_at_is_there() -> None:
    text = brief(
        _outcome(
            unread=(Unread("a.yaml", 3, "is not YAML"),),
            not_assessed=(NotAssessed("the chart", "helm is missing", "Install it."),),
        ),
        Voice("en"),
    )

    assert "- Not read: `a.yaml:3`: is not YAML" in text
    assert "the chart, because helm is missing. Install it." in text


def test_a_hostile_name_brings_no_markup() -> None:
    hostile = replace(assess(_WEB)[0], subject="![x](http://evil)<img src=x>")

    tokens = MarkdownIt("commonmark").parse(brief(_outcome(hostile), Voice("en")))

    kinds = {child.type for token in tokens for child in token.children or ()}
    assert not kinds & {"image", "link_open", "html_inline"}
