from __future__ import annotations

import re
from dataclasses import replace

from deployments.cli.annotations import workflow_commands
from deployments.cli.findings import Outcome, Voice
from tasks.domain.assess import assess
from tasks.domain.platform.model import NotAssessed, Unread
from tasks.domain.platform.nodes import Place
from tasks.domain.waivers import Waived
from tests.tasks.domain.security.checks.platforms import platform, service

# As GitHub's runner reads a command: a level, properties, and the rest of the line.
_COMMAND = re.compile(r"::(error|warning|notice)(?: ([^:]*))?::(.*)")
_WEB = platform(service("web"))


def _outcome(*findings: object, **fields: object) -> Outcome:
    found = findings or assess(_WEB)
    return Outcome("here", _WEB.entry, Waived(found), found, **fields)  # type: ignore[arg-type]  # fields of the test's choice


def test_each_open_finding_is_one_command_at_its_line() -> None:
    found = assess(_WEB)

    lines = workflow_commands(_outcome(), Voice("en"), "deploy").splitlines()

    assert len(lines) == len(found)
    for line, finding in zip(lines, found, strict=True):
        match = _COMMAND.fullmatch(line)
        assert match is not None
        values = dict(each.split("=", 1) for each in match[2].split(","))
        assert values["file"] == f"deploy/{finding.place.file}"
        assert values["line"] == str(finding.place.line)


def test_what_is_waived_is_no_remark() -> None:
    waived = [replace(each, waived="on purpose") for each in assess(_WEB)]

    assert not workflow_commands(_outcome(*waived), Voice("en"), "")


def test_a_hostile_file_name_adds_no_command_and_no_property() -> None:
    hostile = replace(assess(_WEB)[0], place=Place("a,line=9:\n::error::b%", 3, 1))

    shown = workflow_commands(_outcome(hostile), Voice("en"), "")

    assert shown.count("\n") == 1
    assert "file=a%2Cline=9%3A%0A%3A%3Aerror%3A%3Ab%25,line=3," in shown


def test_what_was_not_looked_at_is_said_too() -> None:
    outcome = _outcome(
        unread=(Unread("a.yaml", 3, "is not YAML"),),
        not_assessed=(NotAssessed("the chart", "helm is missing", "Install it."),),
    )

    lines = workflow_commands(outcome, Voice("en"), "").splitlines()

    assert "::warning file=a.yaml,line=3,col=1::Not read: is not YAML" in lines
    assert "::notice::Not assessed: the chart, because helm is missing. Install it." in lines
