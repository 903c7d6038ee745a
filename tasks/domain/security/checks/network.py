"""Who can reach what: published ports, conflicts between them, rules between services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.domain.findings import Hit, Severity
from tasks.domain.security.checks.dockerfiles import in_image
from tasks.domain.security.checks.parts import ANYWHERE, INNER_PORTS, listed, needed, parts, subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.containers import Port
    from tasks.domain.platform.model import Platform, Service

_WEB_PORTS = frozenset({80, 443, 8080, 8443})
_OUTWARD = frozenset({"NodePort", "LoadBalancer"})
POLICIES = frozenset(
    {"NetworkPolicy", "CiliumNetworkPolicy", "GlobalNetworkPolicy", "AuthorizationPolicy"}
)
_SSH = 22
_ENOUGH = 2  # doors
_DEFAULT_NAMESPACE = "default"


@dataclass(frozen=True, slots=True)
class _Open:
    """A port of a service that the outside can reach."""

    service: str
    subject: str
    port: Port


def reachable_from_anywhere(platform: Platform) -> Iterator[Hit]:
    """Find inner services whose ports any machine may reach that reaches the host.

    A web port, or the port of a service that no other door leads to, is taken
    for the front door. A store's, a broker's or a control port never is.
    """
    wanted = _behind_doors(platform)
    for each in (*_published(platform), *_exposed(platform)):
        number = each.port.container
        inner = INNER_PORTS.get(number, "")
        if not inner and (each.service not in wanted or _web(each.port)):
            continue
        facts = {
            "case": "store" if inner else "inner",
            "port": str(number),
            "host": str(each.port.host),
            "protocol": inner,
            "needed_by": listed(wanted.get(each.service, ())),
        }
        worse = Severity.HIGH if inner else None
        yield Hit(each.subject, each.port.place, each.port.path, facts, worse)


def _behind_doors(platform: Platform) -> dict[str, tuple[str, ...]]:
    """Map each service that another door leads to, at once or through others, to who needs it.

    What only a helper needs that nobody reaches (one that sets it up, or loads
    it) may be a door itself; so may what an Ingress leads to.
    """
    services = {service.name for service in platform.services}
    wanted = {
        name: tuple(source for source in sources if source in services)
        for name, sources in needed(platform).items()
    }
    doors = {each.service for each in (*_published(platform), *_exposed(platform))}
    # Whose ports are elsewhere, in its host's network or in another file, may be one.
    doors |= {
        s.name for s in platform.services if s.partial or (s.host_network and s.host_network.value)
    }
    behind = _led_to(wanted, doors)
    return {name: sources for name, sources in wanted.items() if name in behind}


def _led_to(wanted: Mapping[str, tuple[str, ...]], doors: set[str]) -> set[str]:
    """Name what another door than itself leads to, each edge walked at most twice.

    Everybody is told of two doors at most: one of two is another than oneself.
    """
    needs: dict[str, list[str]] = {}
    for name, sources in wanted.items():
        for source in sources:
            needs.setdefault(source, []).append(name)
    told = {door: {door} for door in doors}
    waiting = [(door, door) for door in doors]
    while waiting:
        name, door = waiting.pop()
        for target in needs.get(name, ()):
            known = told.setdefault(target, set())
            if len(known) < _ENOUGH and door not in known:
                known.add(door)
                waiting.append((target, door))
    return {name for name, known in told.items() if known - {name}}


def conflicts(platform: Platform) -> Iterator[Hit]:
    """Find host ports that two containers claim, or one container twice.

    Another protocol or another address of the host is no conflict. Services
    that start only with a profile conflict with whatever runs beside them.
    """
    claimed: dict[tuple[int, str], dict[str, _Open]] = {}
    for each in _claims(platform):
        if each.port.host is None or each.port.host < 1:
            continue  # chosen when it starts
        # By address, the first of each: whoever comes later collides with that one, too.
        same = claimed.setdefault((each.port.host, each.port.protocol), {})
        if (other := _first_in_the_way(each.port.host_ip, same)) is not None:
            facts = {
                "host": str(each.port.host),
                "other": other.subject,
                "line": str(other.port.place.line),
            }
            yield Hit(each.subject, each.port.place, each.port.path, facts)
        same.setdefault(each.port.host_ip, each)


def remote_login(platform: Platform) -> Iterator[Hit]:
    """Find SSH servers: in an image that is built here, or by their port."""
    yield from in_image("ssh-server")(platform)
    for part in parts(platform):
        for port in part.container.ports:
            if port.container == _SSH:
                yield Hit(part.subject, port.place, port.path, {"case": "port"})


def no_policy(platform: Platform) -> Iterator[Hit]:
    """Find namespaces in which every pod may talk to every other."""
    ruled = {
        each.namespace or _DEFAULT_NAMESPACE for each in platform.objects if each.kind in POLICIES
    }
    found: dict[str, list[Service]] = {}
    for service in platform.services:
        found.setdefault(service.namespace or _DEFAULT_NAMESPACE, []).append(service)
    for namespace, services in sorted(found.items()):
        if namespace not in ruled and len(services) > 1:
            first = min(services, key=lambda service: service.place)
            facts = {"count": str(len(services))}
            yield Hit(namespace, first.place, f"namespaces.{namespace}", facts)


def _published(platform: Platform) -> Iterator[_Open]:
    for each in _claims(platform):
        if each.port.host_ip in ANYWHERE:
            yield each


def _claims(platform: Platform) -> Iterator[_Open]:
    """Give the container ports that take a port of the host."""
    for service in platform.services:
        for container in service.containers:
            for port in container.ports:
                if port.host is not None:
                    yield _Open(service.name, subject(service, container), port)


def _exposed(platform: Platform) -> Iterator[_Open]:
    """Give the ports that an endpoint opens on nodes or on a load balancer."""
    for endpoint in platform.endpoints:
        if endpoint.type in _OUTWARD:
            for target in endpoint.targets:
                for port in endpoint.ports:
                    yield _Open(target, target, port)


def _web(port: Port) -> bool:
    return port.container in _WEB_PORTS or port.host in _WEB_PORTS


def _first_in_the_way(address: str, same: Mapping[str, _Open]) -> _Open | None:
    """Find who holds one number of one protocol already, so that ``address`` cannot have it."""
    if address in ANYWHERE:
        return next(iter(same.values()), None)
    return next((same[each] for each in (address, *sorted(ANYWHERE)) if each in same), None)
