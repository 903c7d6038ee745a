"""What the instructions of a Dockerfile do, reduced to a closed list of habits.

RUN, ENV and the like hold free text, and free text may be a secret: nothing of
it is kept but what this module names. Checks judge the habits; this only tells.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tasks.domain.platform import dockerfile_bytecode
from tasks.domain.platform.containers import Habit
from tasks.domain.platform.dockerfile_packages import APT, YUM, installs, packages_of
from tasks.domain.platform.nodes import Place
from tasks.domain.platform.shell import Command, commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasks.domain.platform.dockerfile_syntax import Instruction

_FETCHERS = frozenset({"curl", "wget"})
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_INTERPRETERS = frozenset({"python", "python2", "python3", "perl", "ruby", "node", "php"})
# What writes into a pipe and cannot fail in a way that matters.
_NEVER_FAILS = frozenset({"echo", "printf", "yes", "true", ":", "cat", "env", "set"})
# Ends of pipes that a message may name.
_KNOWN_ENDS = frozenset(
    {"tar", "gpg", "tee", "grep", "sed", "awk", "cut", "sort", "xargs", "gunzip"}
)
_SUBSTITUTED = re.compile(r"(?:\$\(|`|<\()\s*(?:curl|wget)\b")
_OCTAL = re.compile(r"[0-7]{3,4}")
_SYMBOLIC = re.compile(r"(?:^|,)(?:[ugo]*[ao][ugoa]*)[+=][rxXst]*w")
_ARCHIVE = re.compile(r"\.(tar|tar\.\w+|tgz|tbz2?|txz|gz|bz2|xz|zst)$", re.IGNORECASE)
_KEY_FILE = re.compile(
    r"(^|/)(\.env(\.(local|prod|production|staging|secret|secrets))?"
    r"|id_(rsa|dsa|ecdsa|ed25519)|\.netrc|\.git-credentials|\.pypirc|\.dockercfg"
    r"|\.(aws|ssh|kube|gnupg)(/.*)?|\.docker/config\.json|privkey\.pem|[\w.-]*key\.pem"
    r"|(server|tls|private|ssl)\.key|[\w.-]+\.(p12|pfx))$"
)
_PLAIN_URL = re.compile(r"(http|ftp)://(?!localhost\b|127\.|\[::1\]|deb\.|archive\.)[\w.-]+\.\w+/")
_VERIFIES = frozenset({"sha256sum", "sha512sum", "shasum", "gpg", "gpgv", "cosign", "minisign"})
_UNCHECKED_SETTINGS = (
    ("git", ("http.sslverify=false", "http.sslverify")),
    ("npm", ("strict-ssl",)),
    ("yarn", ("strict-ssl",)),
)


def habits_of(instruction: Instruction, file: str, path: str) -> tuple[Habit, ...]:
    """Tell what one instruction does; ``path`` is that of the instruction."""
    told = _TELL.get(instruction.keyword)
    if told is None:
        return ()
    place = Place(file, instruction.line, 1)
    pairs = dict.fromkeys(told(instruction))
    return tuple(Habit(kind, place, path, detail) for kind, detail in pairs)


def _run(instruction: Instruction) -> Iterator[tuple[str, str]]:
    found = commands(instruction)
    yield from packages_of(instruction, found)
    yield from dockerfile_bytecode.of_run(instruction, found)
    yield from _fetched(instruction, found)
    yield from _piped(instruction, found)
    for each in found:
        yield from _permissions(each)
        if _unchecked(each):
            yield "unchecked-certificate", each.program
        if each.raised or (installs(each) and each.has("sudo")):
            yield "sudo", each.program
        if _sets_password(each):
            yield "sets-password", each.program


def _piped(instruction: Instruction, found: tuple[Command, ...]) -> Iterator[tuple[str, str]]:
    """Tell of a pipe whose first failure nobody sees; what cannot fail does not count."""
    if "pipefail" in instruction.rest or any("pipefail" in each for each in instruction.heredocs):
        return
    executed = any(each.piped and _executes(each) for each in found)
    for first, second in pairwise(found):
        if second.piped and not executed and first.program not in _NEVER_FAILS:
            yield "pipe", ""


def _sets_password(command: Command) -> bool:
    if command.program == "passwd":
        return command.has("-d", "--delete", "--stdin")
    short = command.program in {"useradd", "usermod"} and command.has("-p", "--password")
    return short or command.program == "chpasswd"


def _fetched(instruction: Instruction, found: tuple[Command, ...]) -> Iterator[tuple[str, str]]:
    source = ""
    for each in found:
        if not each.piped:
            source = ""
        if each.program in _FETCHERS:
            source = each.program
        elif source and each.piped and _executes(each):
            yield "pipes-to-shell", each.program
    whole = "\n".join((instruction.rest, *instruction.heredocs))
    evaluated = any(each.program in {*_SHELLS, "eval", "source", "."} for each in found)
    if evaluated and _SUBSTITUTED.search(whole):
        yield "pipes-to-shell", "sh"
    verified = any(each.program in _VERIFIES for each in found)
    for each in found:
        plain = any(_PLAIN_URL.match(word) for word in each.words)
        if each.program in _FETCHERS and plain and not verified:
            yield "plain-download", each.program


def _executes(command: Command) -> bool:
    """Tell whether a program at the end of a pipe executes what it reads."""
    rest = command.words[1:]
    if command.program in _SHELLS:
        return "-c" not in rest
    script = all(
        word.startswith("-") and word not in {"-c", "-e", "-m", "-n", "-p"} for word in rest
    )
    return command.program in _INTERPRETERS and script


def _permissions(command: Command) -> Iterator[tuple[str, str]]:
    if command.program == "chmod":
        modes = [word for word in command.words[1:] if not word.startswith("-")][:1]
        if modes and _everybody_writes(modes[0]):
            yield "world-writable", modes[0] if _OCTAL.fullmatch(modes[0]) else "a+w"


def _everybody_writes(mode: str) -> bool:
    if _OCTAL.fullmatch(mode):
        sticky = len(mode) == 4 and int(mode[0]) & 1  # noqa: PLR2004  # special bits, owner, group, others
        return bool(int(mode[-1]) & 2) and not sticky
    return bool(_SYMBOLIC.search(mode)) and "+t" not in mode


def _unchecked(command: Command) -> bool:
    """Tell whether a command takes what it fetches without looking who sent it."""
    name, words = command.program, [word.lower() for word in command.words[1:]]
    if name == "curl":
        return _short(command, "k") or "--insecure" in words
    if name in APT:
        return command.has("--allow-unauthenticated", "--force-yes")
    plain = {
        "wget": ("--no-check-certificate",),
        "apk": ("--allow-untrusted",),
        "pip": ("--trusted-host",),
        "pip3": ("--trusted-host",),
    }
    if any(word.partition("=")[0] in plain.get(name, ()) for word in words):
        return True
    if name in YUM and "--nogpgcheck" in words:
        return True
    settings = next((keys for each, keys in _UNCHECKED_SETTINGS if each == name), ())
    off = {"false", "0", "off"} & set(words) or any(word.endswith("=false") for word in words)
    return bool(off) and any(word.startswith(settings) for word in words if settings)


def _short(command: Command, letter: str) -> bool:
    """Tell whether a short option is there, alone or in a bundle like ``-fsSLk``."""
    return any(
        re.fullmatch(r"-[A-Za-z#]{1,8}", word) and letter in word for word in command.words[1:]
    )


def _copied(instruction: Instruction) -> Iterator[tuple[str, str]]:
    flags = instruction.flags()
    sources = _sources(instruction)
    if "from" in flags:
        return
    if instruction.keyword == "ADD":
        yield from _added(sources, flags)
    yield from dockerfile_bytecode.of_copy(sources)
    if any(source in {".", "./"} for source in sources):
        yield "copies-all", ""
    if any(_KEY_FILE.search(source) for source in sources):
        yield "copies-key", ""
    if _everybody_writes(flags.get("chmod", "")):
        yield "world-writable", flags["chmod"]


def _sources(instruction: Instruction) -> list[str]:
    words = [word.strip("[],\"'") for word in instruction.rest.split()]
    words = [word for word in words if word and not word.startswith("--")]
    return [] if instruction.heredocs else words[:-1]


def _added(sources: list[str], flags: dict[str, str]) -> Iterator[tuple[str, str]]:
    remote = [each for each in sources if re.match(r"https?://|ftp://", each)]
    if any(not each.endswith(".git") and ".git#" not in each for each in remote):
        if "checksum" not in flags:
            yield "unverified-add", ""
    elif sources and not remote and not any(_may_be_more(each) for each in sources):
        yield "adds-local", ""


def _may_be_more(source: str) -> bool:
    """Tell whether ADD may do what COPY does not: unpack, fetch, or something unknown."""
    unknown = "$" in source or source.startswith("git@")
    globbed = source.endswith("*")
    return unknown or globbed or bool(_ARCHIVE.search(source))


def _started(instruction: Instruction) -> Iterator[tuple[str, str]]:
    yield from dockerfile_bytecode.of_start(instruction)
    lowered = instruction.rest.lower()
    if re.search(r"--protected-mode[\"',\s=]+no\b", lowered) and "requirepass" not in lowered:
        yield "open-redis", ""
    if instruction.exec_form:
        yield "exec-form", instruction.keyword
    elif not instruction.rest.startswith("exec "):
        yield "shell-form", instruction.keyword
    else:
        yield "exec-form", instruction.keyword


def _exposed(instruction: Instruction) -> Iterator[tuple[str, str]]:
    if any(word.partition("/")[0] == "22" for word in instruction.rest.split()):
        yield "ssh-server", "EXPOSE"


def _entered(instruction: Instruction) -> Iterator[tuple[str, str]]:
    """Tell whether a folder's place depends on the base image; a variable may hold either."""
    folder = instruction.rest.strip("\"'")
    absolute = folder.startswith(("/", "$", "\\")) or folder[1:2] == ":"
    yield ("absolute-folder" if absolute else "relative-folder"), ""


def _shell(instruction: Instruction) -> Iterator[tuple[str, str]]:
    yield "own-shell", ""
    if "pipefail" in instruction.rest:
        yield "minds-pipes", ""


_TELL: dict[str, Callable[[Instruction], Iterator[tuple[str, str]]]] = {
    "RUN": _run,
    "ADD": _copied,
    "COPY": _copied,
    "CMD": _started,
    "ENTRYPOINT": _started,
    "EXPOSE": _exposed,
    "MAINTAINER": lambda _: iter([("maintainer", "")]),
    "SHELL": _shell,
    "WORKDIR": _entered,
    "HEALTHCHECK": lambda _: iter([("checks-health", "HEALTHCHECK")]),
    "STOPSIGNAL": lambda each: iter(
        [("kills-at-once", "")]
        if each.rest.strip("\"'").upper() in {"SIGKILL", "KILL", "9"}
        else []
    ),
}
