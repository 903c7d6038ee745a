"""The texts of checks: what people read about a finding, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "zh")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there


@dataclass(frozen=True, slots=True)
class Words:
    """A check's texts in one language. ``messages`` by the case that a hit names."""

    title: str
    messages: Mapping[str, str]
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class CheckText:
    """Everything about a check that is not code."""

    id: str
    severity: Severity
    controls: tuple[str, ...]
    theory: tuple[str, ...]
    words: Mapping[str, Words]

    def message(self, language: str, subject: str, facts: Mapping[str, str]) -> str:
        """Say what is wrong at one place, in one sentence."""
        template = self.words[language].messages[facts.get("case", "")]
        return template.format_map({"subject": subject, **facts})


@cache
def check_texts() -> Mapping[str, CheckText]:
    """Read the texts of all checks, once a process."""
    folder = resources.files("knowledge") / "checks"
    files = sorted(
        (each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda f: f.name
    )
    found: dict[str, CheckText] = {}
    for file in files:
        for name, raw in yaml.load(file.read_text("utf-8"), Loader=_LOADER).items():  # noqa: S506  # a safe loader, in C
            found[name] = _check(name, raw)
    return found


def _check(name: str, raw: Mapping[str, Any]) -> CheckText:
    return CheckText(
        id=name,
        severity=Severity(raw["severity"]),
        controls=tuple(raw["controls"]),
        theory=tuple(raw["theory"]),
        words={language: _words(raw[language]) for language in LANGUAGES},
    )


def _words(raw: Mapping[str, Any]) -> Words:
    message = raw["message"]
    messages = {"": message} if isinstance(message, str) else dict(message)
    return Words(raw["title"], messages, raw["why"], raw["remedy"])
