"""A network namespace for the engine: its bridges and rules end with it, others' stay.

An engine that starts beside another one deletes that one's bridge and may take its rules
away. In a namespace of its own it sees neither. One pair of interfaces and one rule of
address translation let builds fetch packages.
"""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.tools.command import SHORT_TIMEOUT, run
from tasks.tools.errors import PermanentToolError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
_NAMESPACES = Path("/run/netns")
# Addresses that hardly anybody uses; the first free one is taken.
_CANDIDATES = tuple(f"10.213.{number}." for number in range(7, 250))


class NoNetworkError(PermanentToolError):
    """There is no room for another network, or no right to make one."""


@dataclass(frozen=True, slots=True)
class Network:
    """Names of everything that one engine has in the machine's network."""

    name: str

    @classmethod
    def of(cls, folder: Path) -> Network:
        """Name the network of the engine in ``folder``."""
        return cls("cmi" + hashlib.sha256(str(folder).encode()).hexdigest()[:8])

    @property
    def path(self) -> Path:
        """Where others enter it."""
        return _NAMESPACES / self.name

    @property
    def exists(self) -> bool:
        """Tell whether it is there."""
        return self.path.exists()


def make(network: Network) -> None:
    """Make the namespace with a way out.

    Raises:
        NoNetworkError: no free addresses, or the kernel refuses.
    """
    outside, inside = f"{network.name}o", f"{network.name}i"
    prefix = free(
        run("ip", "-4", "route", "show", "table", "all", timeout=SHORT_TIMEOUT).stdout.decode()
    )
    run("ip", "netns", "add", network.name, timeout=SHORT_TIMEOUT)
    try:
        _ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", network.name)
        _ip("addr", "add", f"{prefix}1/30", "dev", outside)
        _ip("link", "set", outside, "up")
        for words in (
            ("link", "set", "lo", "up"),
            ("addr", "add", f"{prefix}2/30", "dev", inside),
            ("link", "set", inside, "up"),
            ("route", "add", "default", "via", f"{prefix}1"),
        ):
            _ip("-n", network.name, *words)
        if _FORWARD.read_text(encoding="ascii").strip() != "1":
            _FORWARD.write_text("1\n", encoding="ascii")
        for table, *rule in rules(network, prefix):
            run("iptables", "-w", "-t", table, "-I", *rule, timeout=SHORT_TIMEOUT)
    except BaseException:
        remove(network)
        raise


def rules(network: Network, prefix: str) -> tuple[tuple[str, ...], ...]:
    """List the machine's rules that let the namespace out, each marked with its name."""
    outside = f"{network.name}o"
    mark = ("-m", "comment", "--comment", network.name)
    known = ("-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED")
    return (
        ("nat", "POSTROUTING", "-s", f"{prefix}0/30", *mark, "-j", "MASQUERADE"),
        ("filter", "FORWARD", "-i", outside, *mark, "-j", "ACCEPT"),
        ("filter", "FORWARD", "-o", outside, *known, *mark, "-j", "ACCEPT"),
    )


def remove(network: Network) -> None:
    """Take everything away that `make` made; what is not there is fine."""
    for table in ("nat", "filter"):
        listed = run("iptables", "-w", "-t", table, "-S", timeout=SHORT_TIMEOUT, check=False)
        for rule in marked(listed.stdout.decode().splitlines(), network):
            run("iptables", "-w", "-t", table, "-D", *rule, timeout=SHORT_TIMEOUT, check=False)
    if network.exists:
        run("ip", "netns", "del", network.name, timeout=SHORT_TIMEOUT)
    run("ip", "link", "del", f"{network.name}o", timeout=SHORT_TIMEOUT, check=False)


def marked(lines: Iterable[str], network: Network) -> list[tuple[str, ...]]:
    """Pick the rules that carry the network's name, as words behind ``-A``."""
    own = [shlex.split(line) for line in lines if line.startswith("-A ")]
    return [tuple(words[1:]) for words in own if network.name in words]


def free(routes: str) -> str:
    """Find the beginning of four addresses that no route knows.

    Raises:
        NoNetworkError: all are taken.
    """
    for prefix in _CANDIDATES:
        if prefix not in routes:
            return prefix
    what = "No network is free for the engine."
    raise NoNetworkError(what, "Remove interfaces named cmi… that nobody uses.")


def _ip(*words: str) -> None:
    run("ip", *words, timeout=SHORT_TIMEOUT)
