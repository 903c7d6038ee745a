"""Dockerfiles: how images of this source are built, as far as it matters to a platform.

Stages build upon stages, ARG before FROM fills in bases, and no value of a
variable is kept.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tasks.domain.platform.containers import (
    Dockerfile,
    HealthProbe,
    Sited,
    Stage,
    Variable,
)
from tasks.domain.platform.dockerfile_habits import habits_of
from tasks.domain.platform.dockerfile_syntax import Instruction, instructions
from tasks.domain.platform.documents import DocumentError
from tasks.domain.platform.features import features_of
from tasks.domain.platform.nodes import Place
from tasks.domain.platform.vacuous import is_vacuous

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tasks.domain.platform.containers import Build
    from tasks.domain.platform.sources import Source

_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+[Aa][Ss]\s+(\S+))?")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^{}]*))?\})")
_DURATION = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)(h|ms|m|us|ns|s)")
# A variable may stand in itself twice, and again: longer values are cut, none is kept anyway.
_LONGEST = 4096
_TAKING = frozenset(("COPY", "ADD"))
_COUNT = re.compile(r"[0-9]{1,18}")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_PAIR = re.compile(r"([\w.-]+)=((?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\\.|[^\s\"'\\])*)", re.DOTALL)


def read(source: Source, path: str) -> Dockerfile:
    """Read the Dockerfile at ``path``.

    Raises:
        DocumentError: It is no Dockerfile; the line is the one at fault.
    """
    return build_stages(path, instructions(path, source.text(path)))


def dockerfile_for(source: Source, build: Build) -> str:
    """Find the Dockerfile of a Compose service's ``build`` in the source; empty if it is not."""
    if build.dockerfile:
        return build.dockerfile if build.dockerfile in source.files else ""
    path = posixpath.normpath(posixpath.join(build.context, "Dockerfile"))
    return path if not path.startswith(("..", "/")) and path in source.files else ""


@dataclass(slots=True)
class _Build:
    """What is known while instructions are followed one by one."""

    path: str
    outer: dict[str, str] = field(default_factory=dict)  # ARG before the first FROM
    inner: dict[str, str] = field(default_factory=dict)  # ARG and ENV of the stage
    counted: dict[str, int] = field(default_factory=dict)  # instructions of the stage by keyword
    stages: list[Stage] = field(default_factory=list)
    unset: list[Sited[str]] = field(default_factory=list)


def build_stages(path: str, found: tuple[Instruction, ...]) -> Dockerfile:
    """Follow the instructions; each stage has what it takes over from the one it builds upon.

    Raises:
        DocumentError: There is no FROM, or something before it.
    """
    build = _Build(path)
    for each in found:
        if each.keyword == "FROM":
            build.stages.append(_stage(build, each))
        elif build.stages:
            apply = _APPLY.get(each.keyword)
            if apply:
                build.stages[-1] = apply(build, build.stages[-1], each)
            build.stages[-1] = _with_habits(build, build.stages[-1], each)
        elif each.keyword == "ARG":
            name, given, value = each.rest.partition("=")
            if given:
                build.outer[name] = _fill(value.strip("\"'"), build.outer)
        else:
            raise DocumentError(path, each.line, f"{each.keyword} stands before the first FROM")
    if not build.stages:
        raise DocumentError(path, 1, "has no FROM: nothing is built from it")
    return Dockerfile(
        path, tuple(build.stages), tuple(_early_copies(build, found)), tuple(build.unset)
    )


def _early_copies(build: _Build, found: tuple[Instruction, ...]) -> Iterator[Sited[str]]:
    """Name each COPY from a stage of this file that is not built before it."""
    names = [stage.name.lower() for stage in build.stages]
    number = -1
    for each in found:
        number += each.keyword == "FROM"
        wanted = each.flags().get("from", "").lower() if each.keyword in _TAKING else ""
        later = wanted in names[number:] and wanted not in names[:number]
        if wanted and (later or (_COUNT.fullmatch(wanted) and number <= int(wanted))):
            place = Place(build.path, each.line, 1)
            reason = f"{each.keyword} takes from the stage {wanted}, which is not built before it"
            yield Sited(reason, place, f"{build.path}:stages[{number}].copy")


def _stage(build: _Build, each: Instruction) -> Stage:
    match = _FROM.fullmatch(each.rest)
    if match is None:
        raise DocumentError(build.path, each.line, "FROM names no image")
    base, name = _fill(match[1], build.outer), match[2] or ""
    number = len(build.stages)
    place = Place(build.path, each.line, 1)
    path = f"{build.path}:stages[{number}]"
    for variable in _VARIABLE.finditer(base):
        build.unset.append(Sited(variable[1] or variable[2], place, f"{path}.from"))
    parent = next((s for s in reversed(build.stages) if s.name.lower() == base.lower() != ""), None)
    build.inner, build.counted = {}, {}
    stage = Stage(Sited(base, place, f"{path}.from"), place, path, name, parent is not None)
    if parent is None:
        return stage
    return replace(stage, user=parent.user, health=parent.health, environment=parent.environment)


def _with_habits(build: _Build, stage: Stage, each: Instruction) -> Stage:
    keyword = each.keyword.lower()
    number = build.counted.get(keyword, 0)
    build.counted[keyword] = number + 1
    found = habits_of(each, build.path, f"{stage.path}.{keyword}[{number}]")
    return replace(stage, habits=(*stage.habits, *found)) if found else stage


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Fill in variables; one that is not set stays as written, for it comes with the build."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        operator, other = found[3] or "", found[4] or ""
        known = values.get(name)
        if operator.endswith("+"):
            return other if known else ""
        if operator.endswith("-"):
            return known or other
        return found[0] if known is None else known

    return _VARIABLE.sub(value, text[:_LONGEST])[:_LONGEST]


def _user(build: _Build, stage: Stage, each: Instruction) -> Stage:
    place = Place(build.path, each.line, 1)
    name = _fill(each.rest.strip("\"'"), build.inner)
    return replace(stage, user=Sited(name, place, f"{stage.path}.user"))


def _health(build: _Build, stage: Stage, each: Instruction) -> Stage:
    flags = each.flags()
    words = [word for word in each.rest.split() if not word.startswith("--")]
    text = " ".join(words[1:])
    retries = flags.get("retries", "")
    probe = HealthProbe(
        kind="health",
        place=Place(build.path, each.line, 1),
        path=f"{stage.path}.healthcheck",
        action="command",
        interval=_seconds(flags.get("interval", "")),
        timeout=_seconds(flags.get("timeout", "")),
        start_period=_seconds(flags.get("start-period", "")),
        start_interval=_seconds(flags.get("start-interval", "")),
        retries=int(retries) if _COUNT.fullmatch(retries) else None,
        vacuous=words[:1] == ["CMD"] and _vacuous(text),
        disabled=[word.upper() for word in words] == ["NONE"],
    )
    return replace(stage, health=probe)


def _vacuous(text: str) -> bool:
    try:
        words = json.loads(text)
    except ValueError:
        words = None
    if isinstance(words, list) and all(isinstance(word, str) for word in words):
        return is_vacuous(words)
    return is_vacuous([text], in_shell=True)


def _seconds(text: str) -> float | None:
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _env(build: _Build, stage: Stage, each: Instruction) -> Stage:
    pairs = _PAIR.findall(each.rest)
    if not pairs:  # the old form: one variable, its value behind a space
        name, _, value = each.rest.partition(" ")
        pairs = [(name, value.strip())]
    return _with_variables(build, stage, each, dict(pairs))


def _arg(build: _Build, stage: Stage, each: Instruction) -> Stage:
    pairs = {}
    for word in each.rest.split():
        name, equals, value = word.partition("=")
        if equals:
            pairs[name] = value
        elif name in build.outer:
            build.inner[name] = build.outer[name]
    return _with_variables(build, stage, each, pairs)


def _with_variables(
    build: _Build, stage: Stage, each: Instruction, pairs: Mapping[str, str]
) -> Stage:
    place = Place(build.path, each.line, 1)
    added = []
    for name, text in pairs.items():
        value = text.strip("\"'")
        build.inner[name] = _fill(value, build.inner)
        features = features_of(build.inner[name], (), name=name, written=value)
        path = f"{stage.path}.{each.keyword.lower()}.{name}"
        added.append(Variable(name, features, place, path))
    return replace(stage, environment=(*stage.environment, *added))


_APPLY: dict[str, Callable[[_Build, Stage, Instruction], Stage]] = {
    "USER": _user,
    "HEALTHCHECK": _health,
    "ENV": _env,
    "ARG": _arg,
}
