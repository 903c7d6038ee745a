"""What a RUN installs, and what of it stays behind in the image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.dockerfile_syntax import Instruction
    from tasks.domain.platform.shell import Command

_SETTING = "apt::install-recommends"
APT = frozenset({"apt", "apt-get", "aptitude"})
YUM = frozenset({"yum", "dnf", "microdnf"})
# Packages of servers that keep data; their clients and drivers are other packages.
_STORE = re.compile(
    r"(?:default-)?(?P<server>mysql|mariadb|rabbitmq|mongodb|etcd)-server(?:-[\d.]+)?"
    r"|(?P<name>postgresql)-?\d*|(?P<own>couchdb|influxdb|zookeeper)\d?d?"
)
# Commands beside an update of the package index that install nothing.
_IDLE = frozenset({"set", "echo", "export", "true", ":", "printf"})


def packages_of(instruction: Instruction, found: tuple[Command, ...]) -> Iterator[tuple[str, str]]:
    """Tell what the commands of a RUN install and leave behind."""
    updates = [each.program for each in found if _updates(each)]
    installing = [each for each in found if installs(each)]
    for name in updates:
        alone = all(_updates(each) or each.program in _IDLE for each in found)
        yield ("index-alone" if alone else "index-updated"), name
        if not _index_removed(instruction, found, name):
            yield "index-kept", name
    for each in installing:
        yield "installs", each.program
        yield from (("store", kind) for kind in _stores(each))
        if _keeps_cache(instruction, found, each):
            yield "cache-kept", each.program
        if each.program in APT and not _recommends_off(instruction, each):
            yield "recommends", each.program
        if any(word.split("=")[0] == "openssh-server" for word in each.words):
            yield "ssh-server", each.program
    if _SETTING in instruction.rest.lower() and "apt.conf" in instruction.rest:
        yield "recommends-off", ""  # for whatever is installed afterwards


def _stores(command: Command) -> Iterator[str]:
    """Name the kinds of store whose servers are installed."""
    for word in command.words:
        if match := _STORE.fullmatch(re.split("[=~<>]", word, maxsplit=1)[0]):
            yield match[match.lastgroup or 0]


def _updates(command: Command) -> bool:
    return command.program in {*APT, "apk"} and command.has("update")


def installs(command: Command) -> bool:
    """Tell whether a command fetches packages."""
    name = command.program
    if name in APT or name in YUM:
        return command.has("install")
    if name == "apk":
        return command.has("add")
    if name in {"pip", "pip3"}:
        return command.has("install") and not command.has(".", "-e", "--editable")
    if name in {"npm", "pnpm", "yarn", "bundle", "composer"}:
        return command.has("install", "ci", "i")
    return False


def _recommends_off(instruction: Instruction, command: Command) -> bool:
    off = any(word.startswith("--no-install-recommends") for word in command.words)
    return off or _SETTING in instruction.rest.lower()


def _index_removed(instruction: Instruction, found: tuple[Command, ...], manager: str) -> bool:
    folder = "/var/cache/apk" if manager == "apk" else "/var/lib/apt"
    mounted = any(
        word.startswith("--mount=") and (folder in word or "/var/cache/apk" in word)
        for word in instruction.rest.split()
    )
    removed = any(
        each.program in {"rm", "find"} and any(word.startswith(folder) for word in each.words)
        for each in found
    )
    whole = any(
        each.program == "rm" and each.has("/var/lib/*", "/var/cache/*", "/var/lib/apt/")
        for each in found
    )
    return mounted or removed or whole


def _keeps_cache(instruction: Instruction, found: tuple[Command, ...], command: Command) -> bool:
    """Tell whether what is installed leaves its archives behind in the layer."""
    name = command.program
    if not command.has("install") or "--mount=type=cache" in instruction.rest:
        return False
    if name in {"pip", "pip3"}:
        removed = any(each.program == "rm" and _mentions(each, ".cache") for each in found)
        return not removed and not command.has("--no-cache-dir") and not _purges(found, name)
    if name in YUM:
        removed = any(each.program == "rm" and _mentions(each, "/var/cache/") for each in found)
        return not removed and not _purges(found, name)
    return False


def _purges(found: tuple[Command, ...], name: str) -> bool:
    return any(each.program == name and each.has("clean", "purge") for each in found)


def _mentions(command: Command, text: str) -> bool:
    return any(text in word for word in command.words)
