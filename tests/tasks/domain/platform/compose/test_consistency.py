"""Requirements on what is refused after merging, in Docker Compose's words."""

import pytest

from tests.tasks.domain.platform.compose.projects import errors_of

TAIL = ": invalid compose project"


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("{}", 'service "a" has neither an image nor a build context specified' + TAIL),
        ("{image: x, networks: [n]}", 'service "a" refers to undefined network n' + TAIL),
        ("{image: x, volumes: ['vol:/v']}", 'service "a" refers to undefined volume vol' + TAIL),
        ("{image: x, secrets: [s]}", 'service "a" refers to undefined secret s' + TAIL),
        ("{image: x, configs: [{source: c}]}", 'service "a" refers to undefined config c' + TAIL),
        ("{image: x, depends_on: [b]}", 'service "a" depends on undefined service "b"' + TAIL),
        ("{image: x, links: ['b:c']}", 'service "a" depends on undefined service "b"' + TAIL),
        (
            "{image: x, network_mode: 'service:b'}",
            'service "a" depends on undefined service "b"' + TAIL,
        ),
        ("{image: x, depends_on: [a]}", "dependency cycle detected: a -> a"),
        (
            "{image: x, tmpfs: /t, volumes: ['/t']}",
            "services.a.volumes[0]: target /t already mounted as services.a.tmpfs[0]",
        ),
        (
            "{image: x, cpus: 1, deploy: {resources: {limits: {cpus: '2'}}}}",
            "services.a: can't set distinct values on 'cpus' and 'deploy.resources.limits.cpus'"
            + TAIL,
        ),
        (
            "{image: x, pids_limit: 9, deploy: {resources: {limits: {memory: 64M}}}}",
            "services.a: can't set distinct values on 'pids_limit' and "
            "'deploy.resources.limits.pids'" + TAIL,
        ),
        (
            "{image: x, mem_reservation: 5M, deploy: {resources: {reservations: {cpus: '1'}}}}",
            "services.a: can't set distinct values on 'mem_reservation' and "
            "'deploy.resources.reservations.memory'" + TAIL,
        ),
        (
            "{image: x, network_mode: host, networks: [default]}",
            'service "a" declares mutually exclusive `network_mode` and `networks`' + TAIL,
        ),
        (
            "{image: x, healthcheck: {test: [curl]}}",
            'service "a" healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"' + TAIL,
        ),
    ],
)
def test_a_mistake_is_told(service: str, message: str) -> None:
    assert errors_of(f"services: {{a: {service}}}") == [message]


@pytest.mark.parametrize(
    "service",
    [
        "{image: x, pids_limit: 0, deploy: {resources: {limits: {pids: 12}}}}",
        "{image: x, pids_limit: 9, deploy: {resources: {limits: {pids: 9, memory: 5M}}}}",
        "{image: x, pids_limit: 9, deploy: {resources: {reservations: {memory: 5M}}}}",
        "{image: x, scale: 2, deploy: {}}",
    ],
)
def test_what_says_nothing_or_the_same_does_not_contradict(service: str) -> None:
    assert errors_of(f"services: {{a: {service}}}") == []


def test_a_long_cycle_is_named_once() -> None:
    rows = [f"  s{n}: {{image: x, depends_on: [s{(n + 1) % 4}]}}" for n in range(4)]

    assert errors_of("services:\n" + "\n".join(rows)) == [
        "dependency cycle detected: s0 -> s1 -> s2 -> s3 -> s0"
    ]


def test_a_service_behind_an_inactive_profile_may_be_needed_only_if_not_required() -> None:
    inactive = "b: {image: x, profiles: [p]}"
    loose = "{b: {condition: service_started, required: false}}"

    assert errors_of(f"services: {{a: {{image: x, depends_on: {loose}}}, {inactive}}}") == []
    assert len(errors_of(f"services: {{a: {{image: x, depends_on: [b]}}, {inactive}}}")) == 1


def test_a_secret_without_a_source_is_told() -> None:
    assert errors_of("services: {a: {image: x}}\nsecrets: {s: {}}\n") == [
        'secret "s" must declare either `file` or `environment`' + TAIL
    ]
