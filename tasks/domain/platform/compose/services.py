"""Resolved Compose services as services of the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.compose.arguments import arguments_of
from tasks.domain.platform.compose.builds import path_of
from tasks.domain.platform.compose.consistency import required
from tasks.domain.platform.compose.isolation import (
    isolation_of,
    probes_of,
    resources_of,
    sited,
)
from tasks.domain.platform.compose.mounts import mounts_of
from tasks.domain.platform.compose.needs import needs
from tasks.domain.platform.compose.ports import parse_short, published
from tasks.domain.platform.compose.quantities import whole
from tasks.domain.platform.compose.running import running_of
from tasks.domain.platform.compose.tree import Leaf, Table, child, leaves, table, text
from tasks.domain.platform.compose.variables import environment_of
from tasks.domain.platform.containers import (
    Build,
    Container,
    Port,
    Sited,
)
from tasks.domain.platform.model import Dependency, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tasks.domain.platform.compose.resolve import Resolved
    from tasks.domain.platform.nodes import Place

_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")


def service_of(name: str, resolved: Resolved, place: Place, hosts: Mapping[str, str]) -> Service:
    """Give service ``name`` of ``resolved``; ``place`` is where it is named."""
    written = resolved.services[name]
    path = f"services.{name}"
    fields = written.items
    replicas = child(written, "deploy", "replicas")
    replicas_path = f"{path}.deploy.replicas" if replicas else f"{path}.scale"
    return Service(
        name,
        "Compose",
        place,
        path,
        (_container(name, resolved, place, hosts),),
        replicas=sited(replicas or fields.get("scale"), replicas_path, whole),
        host_network=_host(written, "network_mode", path),
        host_pid=_host(written, "pid", path),
        host_ipc=_host(written, "ipc", path),
        depends_on=tuple(
            Dependency(n.target, n.place, f"{path}.{n.path}", n.condition, n.required, n.kind)
            for n in needs(written)
        ),
        networks=_networks(written, path),
        profiles=required(written),
        hostnames=tuple(dict.fromkeys(hostnames(name, written))),
        links=tuple(
            Sited(leaf.text.partition(":")[0], leaf.place, f"{path}.links[{index}]")
            for index, leaf in enumerate(leaves(fields.get("links")))
        ),
        partial=not fields.keys() & {"image", "build", "provider"},
        **running_of(written, path),
    )


def hostnames(name: str, service: Table) -> Iterator[str]:
    """Yield the names under which others reach ``service``."""
    yield name
    for field in ("container_name", "hostname"):
        if own := text(service.items.get(field)):
            yield own
    networks = table(service.items.get("networks"))
    for network in networks.items.values() if networks else ():
        yield from (leaf.text for leaf in leaves(child(network, "aliases")))


def _container(name: str, resolved: Resolved, place: Place, hosts: Mapping[str, str]) -> Container:
    service, path = resolved.services[name], f"services.{name}"
    image = service.items.get("image")
    return Container(
        name,
        place,
        path,
        image=sited(image, f"{path}.image", _text),
        image_as_written=image.written if isinstance(image, Leaf) else "",
        build=_build(service, path, resolved),
        isolation=isolation_of(service, path),
        resources=resources_of(service, path),
        probes=probes_of(service, path),
        ports=tuple(_ports(service, path)),
        mounts=tuple(mounts_of(service, path)),
        environment=environment_of(service, path, hosts, (resolved.loader, resolved.values)),
        arguments=(
            *arguments_of(service.items.get("entrypoint"), f"{path}.entrypoint", hosts),
            *arguments_of(service.items.get("command"), f"{path}.command", hosts),
        ),
    )


def _build(service: Table, path: str, resolved: Resolved) -> Build | None:
    build = table(service.items.get("build"))
    if build is None:
        return None
    # An address to build from may carry a login.
    context = _LOGIN.sub("", text(build.items.get("context")) or ".")
    file = path_of(build)
    known = file if file in resolved.loader.source.files else ""
    target = text(build.items.get("target"))
    arguments = table(build.items.get("args"))
    names = tuple(arguments.items) if arguments else ()
    return Build(context, build.place, f"{path}.build", known, target, names)


def _ports(service: Table, path: str) -> Iterator[Port]:
    seen = set()
    for index, item, found in published(service.items.get("ports")):
        for port in found or ():
            key = (port.target, port.host, port.host_ip, port.protocol)
            if key not in seen:
                seen.add(key)
                yield Port(
                    port.target,
                    item.place,
                    f"{path}.ports[{index}]",
                    port.host,
                    port.host_ip,
                    port.protocol,
                    port.name,
                )
    for index, leaf in enumerate(leaves(service.items.get("expose"))):
        try:
            exposed = parse_short(leaf.text)
        except ValueError:
            continue
        for port in exposed:
            yield Port(
                port.target, leaf.place, f"{path}.expose[{index}]", None, protocol=port.protocol
            )


def _networks(service: Table, path: str) -> tuple[Sited[str], ...]:
    networks = table(service.items.get("networks"))
    if networks is None:
        return ()
    return tuple(Sited(n, networks.keys[n], f"{path}.networks.{n}") for n in networks.items)


def _host(service: Table, name: str, path: str) -> Sited[bool] | None:
    return sited(service.items.get(name), f"{path}.{name}", lambda mode: mode == "host")


def _text(value: str) -> str | None:
    return value or None
