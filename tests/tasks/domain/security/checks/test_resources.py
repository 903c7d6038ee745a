from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.platform.containers import Resources
from tests.tasks.domain.security.checks.platforms import container, hits, of, sited, subjects

if TYPE_CHECKING:
    from tasks.domain.platform.model import Platform

MIB = 2**20


def _sized(**fields: Any) -> Platform:
    return of(container(resources=Resources(**fields)))


def test_a_container_without_a_memory_limit_is_reported() -> None:
    assert subjects("no-memory-limit", of()) == ["web"]
    assert not hits("no-memory-limit", _sized(memory_limit=sited(256 * MIB)))


def test_a_processor_request_is_enough() -> None:
    assert subjects("no-cpu-limit", of()) == ["web"]
    assert not hits("no-cpu-limit", _sized(cpu_request=sited(0.1)))
    assert not hits("no-cpu-limit", _sized(cpu_limit=sited(0.5)))


@pytest.mark.parametrize("check", ["no-memory-limit", "no-cpu-limit"])
def test_a_container_that_only_prepares_another_needs_no_limit(check: str) -> None:
    assert subjects(check, of(container("web"), container("setup", role="init"))) == ["web"]


def test_a_limit_that_nobody_can_read_is_one_finding_not_two() -> None:
    written = _sized(invalid=(sited("100mb", "resources.limits.memory"),))

    assert not hits("no-memory-limit", written)
    assert [hit.facts["case"] for hit in hits("implausible-quantity", written)] == ["invalid"]


@pytest.mark.parametrize("limit", [4189899980800, 1024])
def test_an_absurd_memory_limit_is_a_finding(limit: int) -> None:
    (hit,) = hits("implausible-quantity", _sized(memory_limit=sited(limit)))

    assert hit.facts == {"case": "absurd", "written": str(limit)}


def test_a_limit_below_the_request_is_a_finding() -> None:
    sizes = _sized(memory_limit=sited(64 * MIB), memory_request=sited(128 * MIB))

    assert [hit.facts["case"] for hit in hits("implausible-quantity", sizes)] == ["inverted"]


def test_ordinary_quantities_are_no_finding() -> None:
    sizes = _sized(
        memory_limit=sited(128 * MIB),
        memory_request=sited(128 * MIB),
        cpu_limit=sited(0.5),
        cpu_request=sited(0.1),
    )

    assert not hits("implausible-quantity", sizes)
