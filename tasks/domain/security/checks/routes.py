"""Ways to and between services: certificates, ports that do not meet, one network for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.parts import ANYWHERE, INNER_PORTS, listed, parts
from tasks.domain.security.checks.stores import is_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.model import Platform, Service

SMALL = 3  # services; fewer need no walls between them
_NAMED = 3  # stores in the message
_DEFAULT = "default"
_PROXIES = frozenset({"nginx.ingress.kubernetes.io", "nginx.org"})
_SNIPPETS = ("-snippet", "-snippets")


def plain_ingress(platform: Platform) -> Iterator[Hit]:
    """Find ways in from outside that show what passes."""
    for endpoint in platform.endpoints:
        if endpoint.kind == "Ingress" and not endpoint.tls:
            yield Hit(endpoint.name, endpoint.place, endpoint.path)


def snippet(platform: Platform) -> Iterator[Hit]:
    """Find text of a proxy's own configuration in an annotation: whoever writes it commands it."""
    for marker in platform.cluster.markers:
        group, _, name = marker.name.partition("/")
        if marker.of == "annotation" and group in _PROXIES and name.endswith(_SNIPPETS):
            yield Hit(marker.subject, marker.place, marker.path, {"name": marker.name})


def unknown_port(platform: Platform) -> Iterator[Hit]:
    """Find names of ports that no container has: nothing arrives there."""
    for endpoint in platform.endpoints:
        for name in endpoint.unmet:
            facts = {"case": "service", "port": name.value}
            yield Hit(endpoint.name, name.place, name.path, facts)
    for part in parts(platform):
        for probe in part.container.probes:
            if probe.port_name and probe.port is None:
                facts = {"case": "probe", "port": probe.port_name}
                yield Hit(part.subject, probe.place, probe.path, facts)


def host_port(platform: Platform) -> Iterator[Hit]:
    """Find pods that take a port of their node. A DaemonSet's pod is alone there by design."""
    for part in parts(platform):
        shared = part.service.host_network is not None and part.service.host_network.value
        if part.service.kind in {"Compose", "DaemonSet"} or shared:
            continue
        for port in part.container.ports:
            if port.host:
                yield Hit(part.subject, port.place, port.path, {"host": str(port.host)})


def flat_network(platform: Platform) -> Iterator[Hit]:
    """Find one network that joins everything, from the front door to the stores."""
    joined = {
        service.name: {network.value for network in service.networks} or {_DEFAULT}
        for service in platform.services
        if not (service.host_network and service.host_network.value)
    }
    if len(joined) <= SMALL:
        return
    for network in sorted(set.intersection(*joined.values())):
        here = [service for service in platform.services if service.name in joined]
        stores = [s for s in here if _stores(platform, s)]
        kept = {store.name for store in stores}
        fronts = [s for s in here if s.name not in kept and _published(s)]
        if stores and fronts:
            written = next((n for n in platform.networks if n.value == network), None)
            facts = {
                "count": str(len(here)),
                "front": fronts[0].name,
                "stores": listed(tuple(store.name for store in stores[:_NAMED])),
            }
            place = written.place if written else fronts[0].place
            yield Hit(network, place, f"networks.{network}", facts)
            return


def _stores(platform: Platform, service: Service) -> bool:
    ports = {port.container for each in service.containers for port in each.ports}
    return is_store(platform, service) or bool(ports & set(INNER_PORTS))


def _published(service: Service) -> bool:
    return any(
        port.host is not None and port.host_ip in ANYWHERE
        for each in service.containers
        for port in each.ports
    )
