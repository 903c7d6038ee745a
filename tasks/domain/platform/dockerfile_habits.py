"""What the instructions of a Dockerfile do, reduced to a closed list of habits.

RUN, ENV and the like hold free text, and free text may be a secret: nothing of
it is kept but what this module names. Checks judge the habits; this only tells.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.containers import Habit
from tasks.domain.platform.nodes import Place
from tasks.domain.platform.shell import Command, commands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tasks.domain.platform.dockerfile_syntax import Instruction

_SETTING = "apt::install-recommends"
_APT = frozenset({"apt", "apt-get", "aptitude"})
_YUM = frozenset({"yum", "dnf", "microdnf"})
_FETCHERS = frozenset({"curl", "wget"})
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh", "ksh"})
_INTERPRETERS = frozenset({"python", "python2", "python3", "perl", "ruby", "node", "php"})
# Commands beside an update of the package index that install nothing.
_IDLE = frozenset({"set", "echo", "export", "true", ":", "printf"})
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
    yield from _packages(instruction, found)
    yield from _fetched(instruction, found)
    for each in found:
        yield from _permissions(each)
        if _unchecked(each):
            yield "unchecked-certificate", each.program


def _packages(instruction: Instruction, found: tuple[Command, ...]) -> Iterator[tuple[str, str]]:
    updates = [each.program for each in found if _updates(each)]
    installs = [each for each in found if _installs(each)]
    for name in updates:
        alone = all(_updates(each) or each.program in _IDLE for each in found)
        yield ("index-alone" if alone else "index-updated"), name
        if not _index_removed(instruction, found, name):
            yield "index-kept", name
    for each in installs:
        yield "installs", each.program
        if each.program in _APT and not _recommends_off(instruction, each):
            yield "recommends", each.program
        if any(word.split("=")[0] == "openssh-server" for word in each.words):
            yield "ssh-server", each.program
    if _SETTING in instruction.rest.lower() and "apt.conf" in instruction.rest:
        yield "recommends-off", ""  # for whatever is installed afterwards


def _updates(command: Command) -> bool:
    return command.program in {*_APT, "apk"} and command.has("update")


def _installs(command: Command) -> bool:
    name = command.program
    if name in _APT or name in _YUM:
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
    if name in _APT:
        return command.has("--allow-unauthenticated", "--force-yes")
    plain = {
        "wget": ("--no-check-certificate",),
        "apk": ("--allow-untrusted",),
        "pip": ("--trusted-host",),
        "pip3": ("--trusted-host",),
    }
    if any(word.partition("=")[0] in plain.get(name, ()) for word in words):
        return True
    if name in _YUM and "--nogpgcheck" in words:
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


_TELL: dict[str, Callable[[Instruction], Iterator[tuple[str, str]]]] = {
    "RUN": _run,
    "ADD": _copied,
    "COPY": _copied,
    "CMD": _started,
    "ENTRYPOINT": _started,
    "EXPOSE": _exposed,
    "MAINTAINER": lambda _: iter([("maintainer", "")]),
    "SHELL": lambda _: iter([("own-shell", "")]),
    "STOPSIGNAL": lambda each: iter(
        [("kills-at-once", "")]
        if each.rest.strip("\"'").upper() in {"SIGKILL", "KILL", "9"}
        else []
    ),
}
