"""Requirements on privileges, limits and health checks."""

import pytest

from tests.tasks.domain.platform.compose.projects import container_of


def test_privileges_are_read_with_their_paths() -> None:
    apart = container_of(
        """\
        services:
          a:
            image: x
            privileged: "true"
            read_only: false
            user: "0"
            cap_drop: [ALL]
            security_opt: ["no-new-privileges:true", "seccomp=unconfined"]
        """
    ).isolation

    assert apart.privileged is not None
    assert apart.read_only_root is not None
    assert apart.user is not None
    assert apart.escalation is not None
    assert apart.seccomp is not None
    assert (apart.privileged.value, apart.read_only_root.value) == (True, False)
    assert (apart.user.value, apart.escalation.value) == ("0", False)
    assert (apart.seccomp.value, apart.seccomp.path) == ("unconfined", "services.a.security_opt[1]")
    assert apart.capabilities_dropped[0].path == "services.a.cap_drop[0]"


def test_nothing_written_is_nothing_known() -> None:
    box = container_of("services: {a: {image: x}}")

    assert box.isolation.privileged is None
    assert box.isolation.escalation is None
    assert box.resources.memory_limit is None
    assert box.probes == ()


@pytest.mark.parametrize(
    "fields",
    ["mem_limit: 64m, cpus: 0.5", "deploy: {resources: {limits: {memory: 64M, cpus: '0.5'}}}"],
)
def test_both_ways_to_limit_give_the_same(fields: str) -> None:
    found = container_of(f"services: {{a: {{image: x, {fields}}}}}").resources

    assert found.memory_limit is not None
    assert found.cpu_limit is not None
    assert (found.memory_limit.value, found.cpu_limit.value) == (64 * 2**20, 0.5)


def test_a_limit_that_is_no_size_is_invalid_and_not_zero() -> None:
    found = container_of("services: {a: {image: x, mem_limit: lots}}").resources

    assert found.memory_limit is None
    assert [i.path for i in found.invalid] == ["services.a.mem_limit"]


def test_a_health_check_is_given_in_seconds() -> None:
    probe = container_of(
        "services: {a: {image: x, healthcheck: {test: 'true', interval: 1m30s, retries: 3}}}"
    ).probes[0]

    assert (probe.action, probe.interval, probe.retries, probe.timeout) == ("command", 90, 3, None)
    assert not probe.disabled


@pytest.mark.parametrize("check", ["{disable: true}", "{test: [NONE]}"])
def test_a_health_check_can_be_switched_off(check: str) -> None:
    assert container_of(f"services: {{a: {{image: x, healthcheck: {check}}}}}").probes[0].disabled
