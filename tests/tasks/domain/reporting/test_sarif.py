from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from tasks.domain.assess import assess
from tasks.domain.findings import Severity
from tasks.domain.platform.model import NotAssessed, Unread
from tasks.domain.platform.nodes import Place
from tasks.domain.reporting.sarif import FINGERPRINT, sarif, with_baseline
from tests.tasks.domain.security.checks.platforms import container, platform, service, sited

_TEXT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_LOCATION = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "required": ["uri"],
                    "properties": {
                        "uri": {"type": "string", "pattern": r"^[A-Za-z0-9._~/%-]+$"},
                        "uriBaseId": {"type": "string"},
                    },
                },
                "region": {
                    "type": "object",
                    "properties": {
                        "startLine": {"type": "integer", "minimum": 1},
                        "startColumn": {"type": "integer", "minimum": 1},
                    },
                },
            },
        }
    },
}
# The required properties of the SARIF 2.1.0 standard (OASIS) for what we write, in our own words.
_STANDARD = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "language": {"type": "string", "pattern": "^[a-zA-Z]{2}"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "not": {"required": ["helpUri"]},
                                            "properties": {
                                                "shortDescription": _TEXT,
                                                "fullDescription": _TEXT,
                                                "help": _TEXT,
                                                "defaultConfiguration": {
                                                    "type": "object",
                                                    "properties": {"level": _LEVEL},
                                                },
                                            },
                                        },
                                    },
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["executionSuccessful"],
                            "properties": {
                                "executionSuccessful": {"type": "boolean"},
                                "toolExecutionNotifications": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["message"],
                                        "properties": {
                                            "message": _TEXT,
                                            "level": _LEVEL,
                                            "locations": {"type": "array", "items": _LOCATION},
                                        },
                                    },
                                },
                            },
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "partialFingerprints"],
                            "properties": {
                                "message": _TEXT,
                                "level": _LEVEL,
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "baselineState": {
                                    "enum": ["new", "unchanged", "updated", "absent"]
                                },
                                "locations": {"type": "array", "items": _LOCATION},
                                "partialFingerprints": {
                                    "type": "object",
                                    "additionalProperties": {"type": "string"},
                                },
                                "suppressions": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["kind"],
                                        "properties": {"kind": {"enum": ["inSource", "external"]}},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}
_WEB = platform(service("web", container(image=sited("nginx"), image_as_written="nginx")))
_UNREAD = (Unread("a b.yaml", 0, "is a pipe"), Unread("c.yaml", 4, "is not YAML"))
_MISSING = (NotAssessed("the chart", "helm is missing", "Install it."),)


def _log(language: str = "en") -> dict[str, Any]:
    return sarif(assess(_WEB), _UNREAD, _MISSING, "1.2.3", language)


def _breaches(log: dict[str, Any]) -> list[str]:
    """Say where a log, as it is written, breaks the standard."""
    written = json.loads(json.dumps(log))
    return [
        each.json_path for each in jsonschema.Draft202012Validator(_STANDARD).iter_errors(written)
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_log_keeps_to_the_standard(language: str) -> None:
    assert _breaches(_log(language)) == []


def test_a_log_that_breaks_the_standard_would_be_noticed() -> None:
    log = _log()
    log["runs"][0]["results"][0]["level"] = "disaster"
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = (
        " "
    )

    assert [each.partition("results")[2].partition(".")[0] for each in _breaches(log)] == [
        "[0]",
        "[1]",
    ]


def test_each_result_points_at_its_rule_and_carries_the_findings_id() -> None:
    (run,) = _log()["runs"]

    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(run["results"], assess(_WEB), strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.check
        assert result["partialFingerprints"] == {FINGERPRINT: finding.id}


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        ("critical", "error"),
        ("high", "error"),
        ("medium", "warning"),
        ("low", "note"),
        ("info", "note"),
    ],
)
def test_severities_become_levels(severity: str, level: str) -> None:
    finding = replace(assess(_WEB)[0], severity=Severity(severity))

    (result,) = sarif([finding], (), (), "1")["runs"][0]["results"]

    assert result["level"] == level


def test_a_waived_finding_is_suppressed_with_its_reason() -> None:
    first, *rest = assess(_WEB)
    waived = replace(first, waived="By hand only (ops, 2027-06-01)")

    results = sarif([waived, *rest], (), (), "1")["runs"][0]["results"]

    assert results[0]["suppressions"] == [{"kind": "external", "justification": waived.waived}]
    assert not any(result["suppressions"] for result in results[1:])


def test_what_was_not_read_or_not_assessed_is_in_the_log() -> None:
    (invocation,) = _log()["runs"][0]["invocations"]

    said = [notice["message"]["text"] for notice in invocation["toolExecutionNotifications"]]
    assert said == [
        "Not read: is a pipe",
        "Not read: is not YAML",
        "Not assessed: the chart, because helm is missing. Install it.",
    ]


def test_a_file_name_cannot_break_out_of_its_address() -> None:
    finding = replace(assess(_WEB)[0], place=Place('a b/<x>"?.yaml', 1, 1))

    log = sarif([finding], (), (), "1")
    (result,) = log["runs"][0]["results"]

    assert _breaches(log) == []
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(place) == 'a b/<x>"?.yaml'


def test_a_baseline_tells_new_from_known() -> None:
    findings = assess(_WEB)

    log = with_baseline(_log(), {findings[0].id})

    states = [result["baselineState"] for result in log["runs"][0]["results"]]
    assert states == ["new"] + ["unchanged"] * (len(findings) - 1)
