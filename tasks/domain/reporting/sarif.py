"""Findings as SARIF 2.1.0, which code hosts and editors show beside the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from knowledge.texts import check_texts
from tasks.domain.findings import Severity
from tasks.domain.reporting.texts import wording
from tasks.domain.sentences import in_language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tasks.domain.findings import Finding
    from tasks.domain.platform.model import NotAssessed, Unread

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "SOURCE"  # paths are relative to what the user pointed at
FINGERPRINT = "cmiFinding/v1"
# Code hosts rank by a number up to 10; ours are the middles of their classes.
_RANKS = {
    Severity.CRITICAL: ("error", "9.5"),
    Severity.HIGH: ("error", "8.0"),
    Severity.MEDIUM: ("warning", "5.5"),
    Severity.LOW: ("note", "2.5"),
    Severity.INFO: ("note", "1.0"),
}


def sarif(
    findings: Sequence[Finding],
    unread: Iterable[Unread],
    not_assessed: Iterable[NotAssessed],
    version: str,
    language: str = "en",
) -> dict[str, Any]:
    """Give the log of one run: a rule a check, a result a finding, a notice for what is missing."""
    used = tuple(dict.fromkeys(finding.check for finding in findings))
    rules = [_rule(check, language) for check in used]
    index = {check: number for number, check in enumerate(used)}
    notices = [_unread(each, language) for each in unread]
    notices += [_not_assessed(each, language) for each in not_assessed]
    run = {
        "tool": {
            "driver": {"name": "cmi", "version": version, "language": language, "rules": rules}
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder that was checked."}},
        },
        "invocations": [
            {"executionSuccessful": True, "toolExecutionNotifications": notices},
        ],
        "results": [_result(finding, index, language) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def with_baseline(log: dict[str, Any], new: Collection[str]) -> dict[str, Any]:
    """Tell for each result whether it is new since the baseline; ``new`` are finding ids."""
    for run in log["runs"]:
        for result in run["results"]:
            known = result["partialFingerprints"][FINGERPRINT] not in new
            result["baselineState"] = "unchanged" if known else "new"
    return log


def with_notices(log: dict[str, Any], sentences: Iterable[str]) -> dict[str, Any]:
    """Add remarks about the run itself, as those about waivers are."""
    for run in log["runs"]:
        notices = run["invocations"][0]["toolExecutionNotifications"]
        notices += [{"level": "warning", "message": {"text": said}} for said in sentences]
    return log


def _rule(check: str, language: str) -> dict[str, Any]:
    text = check_texts()[check]
    words = text.words[language]
    level, rank = _RANKS[text.severity]
    return {
        "id": check,
        "shortDescription": {"text": words.title},
        "fullDescription": {"text": words.why},
        "help": {"text": words.remedy},
        "defaultConfiguration": {"level": level},
        "properties": {
            "security-severity": rank,
            "tags": ["security", *text.controls, *text.theory],
        },
    }


def _result(finding: Finding, index: dict[str, int], language: str) -> dict[str, Any]:
    level, _ = _RANKS[finding.severity]
    text = check_texts()[finding.check]
    suppressions = [{"kind": "external", "justification": finding.waived}] if finding.waived else []
    return {
        "ruleId": finding.check,
        "ruleIndex": index[finding.check],
        "level": level,
        "message": {"text": text.message(language, finding.subject, finding.facts)},
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.id},
        "suppressions": suppressions,
        "properties": {"severity": finding.severity.value, "subject": finding.subject},
    }


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "physicalLocation": {
            **_artifact(place.file),
            "region": {"startLine": place.line, "startColumn": place.column},
        },
        "logicalLocations": [{"fullyQualifiedName": finding.path, "kind": "member"}],
    }


def _artifact(file: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(file), "uriBaseId": ROOT}}


def _unread(item: Unread, language: str) -> dict[str, Any]:
    said = wording(language, "check")("sarif_unread", reason=in_language(item.reason, language))
    region = {"region": {"startLine": item.line}} if item.line > 0 else {}
    return {
        "level": "error",
        "message": {"text": said},
        "locations": [{"physicalLocation": {**_artifact(item.file), **region}}],
    }


def _not_assessed(item: NotAssessed, language: str) -> dict[str, Any]:
    what, reason, remedy = (
        in_language(each, language) for each in (item.what, item.reason, item.remedy)
    )
    say = wording(language, "check")
    said = say("not_assessed", what=what, reason=reason, remedy=remedy)
    return {"level": "warning", "message": {"text": said.strip()}}
