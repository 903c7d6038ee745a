"""Switches that take away a protection: known by their names, read as on or off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.platform.containers import LengthClass
from tasks.domain.security.checks.built import images
from tasks.domain.security.checks.dockerfiles import anywhere, in_image
from tasks.domain.security.checks.parts import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasks.domain.platform.containers import Container, Variable
    from tasks.domain.platform.model import Platform

_DEBUG = re.compile(r"(?:\w+_)?DEBUG(?:_MODE|_ENABLED)?", re.IGNORECASE)
_NEGATED = re.compile(r"(^|_)(NO|DISABLE|DISABLED|SKIP|WITHOUT)_", re.IGNORECASE)
_MANNER = re.compile(
    r"(NODE|FLASK|RAILS|RACK|APP|DJANGO|QUARKUS|MIX)_ENV|(ASPNETCORE|DOTNET)_ENVIRONMENT"
)
# Images read these as set or not set: any text switches them on.
_EMPTY_ALLOWED = frozenset(
    {
        "ALLOW_ANONYMOUS_LOGIN",
        "ALLOW_EMPTY_PASSWORD",
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "MYSQL_ALLOW_EMPTY_PASSWORD",
    }
)
# A password of these stores says nothing about whom another one lets in.
_NO_PASSWORD_HELPS = frozenset({"ALLOW_ANONYMOUS_LOGIN"})
_PASSWORDS = re.compile(r"(MYSQL|MARIADB)_ROOT_PASSWORD(_FILE|_HASH)?")
_OPEN_OPTIONS = frozenset({"--noauth", "--skip-grant-tables"})
_UNCHECKED_ON = re.compile(
    r"GIT_SSL_NO_VERIFY|(\w+_)?(INSECURE_SKIP_VERIFY|SKIP_TLS_VERIFY|TLS_SKIP_VERIFY"
    r"|SSL_SKIP_VERIFY|TLS_INSECURE_SKIP_VERIFY)"
)
_UNCHECKED_OFF = frozenset({"NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"})
_UNCHECKED_OPTIONS = frozenset(
    {
        "--insecure-skip-tls-verify",
        "--insecure-skip-verify",
        "--kubelet-insecure-tls",
        "--tls-skip-verify",
    }
)


@dataclass(frozen=True, slots=True)
class _Switch:
    variable: Variable
    option: bool = False  # on a command line, where the name alone may be enough

    @property
    def on(self) -> bool:
        """Whether it is switched on."""
        features = self.variable.features
        bare = self.option and features.length is LengthClass.EMPTY
        return bare or features.switched_on is True

    @property
    def off(self) -> bool:
        """Whether it is switched off."""
        return self.variable.features.switched_on is False


def debugging(platform: Platform) -> Iterator[Hit]:
    """Find programs told to run as on a programmer's machine."""
    yield from _written(platform, _debugs)
    yield from _in_images(platform, _debugs)


def no_authentication(platform: Platform) -> Iterator[Hit]:
    """Find stores that ask nobody for a password.

    A root password beside the switch wins over it in the images that know both.
    """
    for part in parts(platform):
        for each in _switches(part.container):
            if _opens(each, part.container):
                facts = {"case": "switch", "name": each.variable.name}
                yield Hit(part.subject, each.variable.place, each.variable.path, facts)
    for hit in in_image("open-redis")(platform):
        facts = {"case": "switch", "name": "--protected-mode"}
        yield Hit(hit.subject, hit.place, hit.path, facts)


def certificates_unchecked(platform: Platform) -> Iterator[Hit]:
    """Find programs that talk to whoever answers, and downloads from whoever answers."""
    for hit in _written(platform, _unchecks):
        yield Hit(hit.subject, hit.place, hit.path, {"case": "switch", **hit.facts})
    for hit in _in_images(platform, _unchecks):
        yield Hit(hit.subject, hit.place, hit.path, {"case": "switch", **hit.facts})
    for hit in anywhere("unchecked-certificate")(platform):
        facts = {"case": "download", "name": hit.facts["detail"]}
        yield Hit(hit.subject, hit.place, hit.path, facts)


def _written(platform: Platform, judge: Callable[[_Switch], bool]) -> Iterator[Hit]:
    for part in parts(platform):
        for each in _switches(part.container):
            if judge(each):
                facts = {"name": each.variable.name}
                yield Hit(part.subject, each.variable.place, each.variable.path, facts)


def _in_images(platform: Platform, judge: Callable[[_Switch], bool]) -> Iterator[Hit]:
    """Judge what images bring along, where no service built from them says otherwise."""
    for path, stages in images(platform).items():
        said = [
            {variable.name for variable in container.environment if not judge(_Switch(variable))}
            for service in platform.services
            for container in service.containers
            if container.build and container.build.dockerfile == path
        ]
        corrected = set.intersection(*said) if said else set()
        found = dict.fromkeys(
            variable
            for stage in stages
            for variable in stage.environment
            if ".env." in variable.path and variable.name not in corrected
        )
        for variable in found:
            if judge(_Switch(variable)):
                yield Hit(path, variable.place, variable.path, {"name": variable.name})


def _switches(container: Container) -> Iterator[_Switch]:
    yield from (_Switch(each) for each in container.environment)
    yield from (_Switch(each, option=True) for each in container.arguments)


def _debugs(switch: _Switch) -> bool:
    name = switch.variable.name
    if _MANNER.fullmatch(name):
        return switch.variable.features.word in {"dev", "development", "debug"}
    named = _DEBUG.fullmatch(name) and not _NEGATED.search(name)
    return bool(named) and switch.on and not switch.option


def _unchecks(switch: _Switch) -> bool:
    name = switch.variable.name
    if name in _UNCHECKED_OFF:
        return switch.off
    named = name in _UNCHECKED_OPTIONS if switch.option else _UNCHECKED_ON.fullmatch(name)
    return bool(named) and switch.on


def _given(password: Variable) -> bool:
    """Tell whether a password is there, or may be: who starts the platform may bring it."""
    features = password.features
    return features.length is not LengthClass.EMPTY or features.interpolated


def _opens(switch: _Switch, container: Container) -> bool:
    name, features = switch.variable.name, switch.variable.features
    if name in _EMPTY_ALLOWED:
        given = name not in _NO_PASSWORD_HELPS and any(
            _PASSWORDS.fullmatch(each.name) and _given(each) for each in container.environment
        )
        return features.length is not LengthClass.EMPTY and not switch.off and not given
    if name == "POSTGRES_HOST_AUTH_METHOD":
        return features.word == "trust"
    if name == "--protected-mode":
        protected = any(each.name == "--requirepass" for each in container.arguments)
        return switch.off and not protected
    if name == "xpack.security.enabled":
        return switch.off
    return switch.option and name in _OPEN_OPTIONS and switch.on
