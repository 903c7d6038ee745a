"""Settings: what a user steers by ``cmi.yaml`` beside the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from tasks.domain.limits import ALARMS, BUDGETS, MARGINS, PRICES, RESERVES, RESOURCE_PRICES
from tasks.domain.owners import PARALLELISM, PLANS, Plan
from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.platform.nodes import Place, Scalar, value
from tasks.domain.programme import Workstream
from tasks.domain.strict import Problem, Reader
from tasks.domain.waivers import WARN_BEFORE, Waiver

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from tasks.domain.platform.nodes import Node

_Readers: TypeAlias = "Mapping[str, Callable[[Node, str], Any]]"

FILE = "cmi.yaml"
VERSION = 1
# What a copy of the platform may do only when it is named. A list narrows it to services.
PERMISSIONS = (
    "build",
    "pull",
    "egress",
    "bind-mounts",
    "capabilities",
    "devices",
    "engine-socket",
    "host-namespaces",
    "privileged",
)
EVERY_SERVICE = "*"
SECRETS = ("stand-ins", "original")
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
_KEYS = (
    "version",
    "entry",
    "profiles",
    "probes",
    "waivers",
    "waivers-warn",
    "baseline",
    "performance-baseline",
    "alarms",
    "margins",
    "budgets",
    "prices",
    "resource-prices",
    "reserves",
    "owners",
    "permissions",
    "secrets",
)
# Fields of the settings that are called otherwise than their key.
_NAMES = {
    "owners": "plans",
    "waivers-warn": "waivers_warn",
    "resource-prices": "resource_prices",
    "performance-baseline": "performance_baseline",
}
_PROBE_KEYS = (
    "name",
    "service",
    "port",
    "path",
    "method",
    "body",
    "status",
    "contains",
    "timeout",
    "rate",
)
_WAIVER_KEYS = ("check", "place", "owner", "reason", "expires")
_OWNER_KEYS = ("owner", "participants", "weeks", "parallelism")


class SettingsError(Exception):
    """``cmi.yaml`` cannot be used; ``problems`` name every mistake in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Probe:
    """A request that tells whether the platform works. ``timeout`` in seconds.

    With a ``rate`` (requests a second) it is also what the platform has to bear while it is
    watched.
    """

    name: str
    service: str
    port: int
    path: str = "/"
    method: str = "GET"
    body: str = ""
    status: int = 200
    contains: str = ""
    timeout: float = 5.0
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a user decided; the defaults hold where ``cmi.yaml`` is silent."""

    entry: str = ""
    profiles: tuple[str, ...] = ()
    probes: tuple[Probe, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    waivers_warn: float = WARN_BEFORE.total_seconds()  # how long before one lapses it is said
    baseline: str = ""  # a file beside cmi.yaml
    performance_baseline: str = ""  # an earlier programme's bundle, a folder beside cmi.yaml
    alarms: Mapping[str, float] = field(default_factory=dict)  # false ones, programmes: a year
    margins: Mapping[str, float] = field(default_factory=dict)  # fractions
    budgets: Mapping[str, float] = field(default_factory=dict)  # seconds, fractions, bytes, money
    prices: Mapping[str, float] = field(default_factory=dict)  # money
    resource_prices: Mapping[str, float] = field(default_factory=dict)  # both, or none
    reserves: Mapping[str, float] = field(default_factory=dict)  # bytes
    plans: Mapping[Workstream, Plan] = field(default_factory=lambda: PLANS)
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # services, or "*"
    secrets: str = "stand-ins"

    def allows(self, permission: str, service: str) -> bool:
        """Tell whether the copy of ``service`` may do what ``permission`` names."""
        allowed = self.permissions.get(permission, ())
        return EVERY_SERVICE in allowed or service in allowed


def read_settings(file: str, text: str, checks: Collection[str]) -> Settings:
    """Read ``cmi.yaml``; ``checks`` are the ids that a waiver may name.

    Raises:
        SettingsError: Something in the file is wrong.
    """
    try:
        documents = parse(file, text)
    except DocumentError as error:
        place = Place(error.file, error.line, 1)
        raise SettingsError((Problem(place, f"{error.reason}.", "Correct it."),)) from error
    reader = _Settings(checks)
    settings = Settings()
    for document in documents:
        root = document.root
        if root is not None and not (isinstance(root, Scalar) and value(root) is None):
            settings = reader.read(root)
    if reader.problems:
        raise SettingsError(tuple(reader.problems))
    return settings


class _Settings(Reader):
    """Knows the keys of ``cmi.yaml``."""

    def __init__(self, checks: Collection[str]) -> None:
        super().__init__()
        self.checks = checks

    def read(self, root: Node) -> Settings:
        """Read the whole file; a key that is absent keeps its default."""
        found = self.fields(root, _KEYS, FILE)
        if "version" in found:
            self.integer(found.pop("version"), "version", (VERSION, VERSION))
        readers: _Readers = {
            "entry": self.text,
            "profiles": self.texts,
            "probes": self._probes,
            "waivers": self._waivers,
            "waivers-warn": self.duration,
            "baseline": self.text,
            "performance-baseline": self.text,
            "alarms": self._alarms,
            "margins": self._margins,
            "budgets": partial(self._amounts, BUDGETS, "budget"),
            "prices": partial(self._amounts, PRICES, "price"),
            "resource-prices": self._resource_prices,
            "reserves": partial(self._amounts, RESERVES, "reserve"),
            "owners": self._plans,
            "permissions": self._permissions,
            "secrets": lambda node, where: self.choice(node, SECRETS, where),
        }
        read = {_NAMES.get(key, key): readers[key](node, key) for key, node in found.items()}
        return Settings(**read)

    def _probes(self, node: Node, where: str) -> tuple[Probe, ...]:
        return tuple(self._probe(item, "A probe") for item in self.items(node, where))

    def _probe(self, node: Node, where: str) -> Probe:
        found = self.fields(node, _PROBE_KEYS, where)
        self.require(node, found, ("name", "service", "port"), where)
        readers: _Readers = {
            "port": lambda node, where: self.integer(node, where, (1, 65535)),
            "status": lambda node, where: self.integer(node, where, (100, 599)),
            "method": lambda node, where: self.choice(node, _METHODS, where),
            "timeout": self.duration,
            "rate": self.rate,
        }
        read = self._each(found, readers, where)
        return Probe(**{"name": "", "service": "", "port": 1, **read})

    def _waivers(self, node: Node, where: str) -> tuple[Waiver, ...]:
        return tuple(self._waiver(item, "A waiver") for item in self.items(node, where))

    def _waiver(self, node: Node, where: str) -> Waiver:
        found = self.fields(node, _WAIVER_KEYS, where)
        self.require(node, found, _WAIVER_KEYS, where)
        readers: _Readers = {
            "check": lambda node, where: self.choice(node, self.checks, where),
            "expires": self.date,
        }
        read = self._each(found, readers, where)
        return Waiver(**{**dict.fromkeys(_WAIVER_KEYS, ""), **read}, at=node.place)

    def _each(self, found: Mapping[str, Node], readers: _Readers, where: str) -> dict[str, Any]:
        """Read each field by its reader, or as text."""
        return {
            key: readers.get(key, self.text)(item, f"{where}'s {key}")
            for key, item in found.items()
        }

    def _margins(self, node: Node, where: str) -> dict[str, float]:
        found = self.fields(node, MARGINS, where)
        return {name: self.percent(item, f"The margin of {name}") for name, item in found.items()}

    def _amounts(
        self, known: Mapping[str, str], word: str, node: Node, where: str
    ) -> dict[str, float]:
        readers = {
            "time": self.duration,
            "share": self.percent,
            "size": self.size,
            "amount": self.amount,
        }
        found = self.fields(node, known, where)
        return {
            name: readers[known[name]](item, f"The {word} of {name}")
            for name, item in found.items()
        }

    def _alarms(self, node: Node, where: str) -> dict[str, float]:
        """Read how many false alarms a year may have, and how many programmes it has."""
        found = self._amounts(ALARMS, "number", node, where)
        if not all(found.values()):
            self.wrong(node, f"{where} has a number that is nothing.", "Write one above zero.")
        return found

    def _resource_prices(self, node: Node, where: str) -> dict[str, float]:
        """Read both prices: with one of them the other resource would seem free."""
        found = self._amounts(RESOURCE_PRICES, "price", node, where)
        self.require(node, found, tuple(RESOURCE_PRICES), where)
        return found

    def _plans(self, node: Node, where: str) -> dict[Workstream, Plan]:
        found = self.fields(node, [str(each) for each in Workstream], where)
        written = {Workstream(name): self._plan(item, name) for name, item in found.items()}
        return {each: written.get(each, PLANS[each]) for each in Workstream}

    def _plan(self, node: Node, where: str) -> Plan:
        found = self.fields(node, _OWNER_KEYS, where)
        self.require(node, found, ("owner",), where)
        readers: _Readers = {
            "owner": self.text,
            "participants": self.texts,
            "weeks": self._weeks,
            "parallelism": lambda node, where: self.choice(node, PARALLELISM, where),
        }
        read = {key: readers[key](item, f"The {key} of {where}") for key, item in found.items()}
        default = PLANS[Workstream(where)]
        rest = {"weeks": default.weeks, "parallelism": default.parallelism}
        return Plan(**{"owner": "", **rest, **read})

    def _weeks(self, node: Node, where: str) -> tuple[int, int]:
        first, _, last = self.text(node, where).partition("-")
        if first.isdecimal() and (last.isdecimal() or not last):
            weeks = (int(first), int(last or first))
            if 1 <= weeks[0] <= weeks[1]:
                return weeks
        self.wrong(node, f"{where} is no range of weeks.", "Write it as 2-3, from week 1 on.")
        return (1, 1)

    def _permissions(self, node: Node, where: str) -> dict[str, tuple[str, ...]]:
        found = self.fields(node, PERMISSIONS, where)
        return {
            name: self._services(item, f"The permission {name}") for name, item in found.items()
        }

    def _services(self, node: Node, where: str) -> tuple[str, ...]:
        """Read ``true`` for every service, ``false`` for none, or a list of names."""
        if isinstance(node, Scalar):
            return (EVERY_SERVICE,) if self.boolean(node, where) else ()
        return self.texts(node, where)
