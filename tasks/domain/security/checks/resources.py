"""What a container may use, and whether what is written about it can be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.findings import Hit
from tasks.domain.security.checks.parts import Part, parts, provided, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasks.domain.platform.containers import Sited
    from tasks.domain.platform.model import Platform

_LASTING = ("main", "sidecar")
MIB = 2**20
# Docker refuses less than 6 MiB; the largest machines that one can rent have 32 TiB,
# but a limit beyond 1 TiB on one container is a slip of units in all files we met.
SMALLEST_MEMORY = 6 * MIB
LARGEST_MEMORY = 2**40
LARGEST_CPU = 1024.0


def no_memory_limit(platform: Platform) -> Iterator[Hit]:
    """Find lasting containers that may take all memory of their host."""
    for part in parts(platform, *_LASTING):
        resources = part.container.resources
        given = "memory_limit" in provided(platform, part.service)
        if resources.memory_limit is None and not given and not _invalid(part, "memory"):
            yield Hit(part.subject, part.container.place, part.container.path)


def no_cpu_limit(platform: Platform) -> Iterator[Hit]:
    """Find lasting containers whose share of the processors nothing states.

    A request is enough: the kernel divides a busy processor by it, and an idle
    one need not be capped.
    """
    for part in parts(platform, *_LASTING):
        resources = part.container.resources
        stated = resources.cpu_limit is not None or resources.cpu_request is not None
        given = provided(platform, part.service) & {"cpu_limit", "cpu_request"}
        if not stated and not given and not _invalid(part, "cpu"):
            yield Hit(part.subject, part.container.place, part.container.path)


def requests_nothing(platform: Platform) -> Iterator[Hit]:
    """Find lasting containers that ask for nothing: placed anywhere, and ended first.

    A limit is a request, too; a LimitRange or a VerticalPodAutoscaler may make one.
    """
    scaled = {o.name for o in platform.objects if o.kind == "VerticalPodAutoscaler"}
    for part in parts(platform, *_LASTING):
        own = part.container.resources
        stated = (own.memory_limit, own.memory_request, own.cpu_limit, own.cpu_request)
        given = provided(platform, part.service) or part.service.name in scaled
        if not any(stated) and not own.invalid and not given:
            yield Hit(part.subject, part.container.place, part.container.path)


def no_pids_limit(platform: Platform) -> Iterator[Hit]:
    """Find, once a platform, services that may start processes until the host has none left."""
    endless = [
        service
        for service in platform.services
        if not service.partial
        and not any(_counted(each.resources.pids_limit) for each in service.containers)
    ]
    count = sum(not service.partial for service in platform.services)
    yield from whole(endless, count, "pids_limit")


def oom_killer_off(platform: Platform) -> Iterator[Hit]:
    """Find containers that the kernel must not end when memory runs out."""
    for part in parts(platform):
        written = part.container.resources.oom_killer_off
        if written and written.value:
            yield Hit(part.subject, written.place, written.path)


def _counted(limit: Sited[int] | None) -> bool:
    return limit is not None and limit.value > 0


def implausible(platform: Platform) -> Iterator[Hit]:
    """Find quantities that cannot be meant: unreadable, absurd, or below what is requested."""
    for part in parts(platform):
        resources = part.container.resources
        for written in resources.invalid:
            if not written.value:
                continue  # a variable that nobody has set, which is reported as such
            facts = {"case": "invalid", "written": written.value}
            yield Hit(part.subject, written.place, written.path, facts)
        yield from _absurd(part, resources.memory_limit, (SMALLEST_MEMORY, LARGEST_MEMORY))
        yield from _absurd(part, resources.cpu_limit, (0.001, LARGEST_CPU))
        yield from _inverted(part, resources.memory_limit, resources.memory_request)
        yield from _inverted(part, resources.cpu_limit, resources.cpu_request)


def _absurd(
    part: Part, limit: Sited[int] | Sited[float] | None, bounds: tuple[float, float]
) -> Iterator[Hit]:
    if limit is not None and not bounds[0] <= limit.value <= bounds[1]:
        facts = {"case": "absurd", "written": _number(limit.value)}
        yield Hit(part.subject, limit.place, limit.path, facts)


def _inverted(
    part: Part,
    limit: Sited[int] | Sited[float] | None,
    request: Sited[int] | Sited[float] | None,
) -> Iterator[Hit]:
    if limit is not None and request is not None and limit.value < request.value:
        facts = {
            "case": "inverted",
            "written": _number(limit.value),
            "request": _number(request.value),
        }
        yield Hit(part.subject, limit.place, limit.path, facts)


def _invalid(part: Part, word: str) -> bool:
    """Tell whether a limit is there but unreadable, which is the other check's finding."""
    return any(word in written.path.lower() for written in part.container.resources.invalid)


def _number(value: float) -> str:
    return f"{value:.15g}"
