"""Requirements on the platform that a Compose entry gives: places, edges, no secret."""

import dataclasses
import time

import pytest

from tasks.domain.platform.containers import Sited
from tests.tasks.domain.platform.compose.projects import MAIN, platform_of, text_at

PLACES = {
    MAIN: """\
        x-common: &common
          restart: always
          cap_add: [NET_ADMIN]
        services:
          web:
            <<: *common
            image: shop/web:1
            privileged: true
            ports:
              - "8080:80"
            depends_on:
              - api
          api:
            extends:
              file: base/base.yaml
              service: base
            user: root
            environment:
              URL: http://web:80
        """,
    "base/base.yaml": """\
        services:
          base:
            image: shop/base:1
            read_only: true
        """,
    "over.yaml": """\
        services:
          web:
            image: shop/web:2
            ports: ["9090:90"]
            user: "7"
        """,
}


def _values() -> dict[str, Sited[object]]:
    web, api = platform_of(PLACES, MAIN, "over.yaml").services
    one, two = web.containers[0], api.containers[0]
    found = {
        "shop/web:2": one.image,
        "shop/base:1": two.image,
        "always": web.restart,
        "NET_ADMIN": one.isolation.capabilities_added[0],
        '"7"': one.isolation.user,
        "root": two.isolation.user,
    }
    return {k: v for k, v in found.items() if v is not None}  # type: ignore[misc]  # any Sited


@pytest.mark.parametrize(
    ("text", "file", "path"),
    [
        ("shop/web:2", "over.yaml", "services.web.image"),
        ("shop/base:1", "base/base.yaml", "services.api.image"),
        ("always", MAIN, "services.web.restart"),
        ("NET_ADMIN", MAIN, "services.web.cap_add[0]"),
        ('"7"', "over.yaml", "services.web.user"),
        ("root", MAIN, "services.api.user"),
    ],
)
def test_a_value_points_at_its_text_through_anchor_merge_overlay_and_extends(
    text: str, file: str, path: str
) -> None:
    value = _values()[text]

    assert (value.place.file, value.path) == (file, path)
    assert text_at(PLACES, value.place, len(text)) == text


def test_services_ports_and_dependencies_point_at_their_text() -> None:
    web, api = platform_of(PLACES, MAIN, "over.yaml").services
    ports = web.containers[0].ports

    assert text_at(PLACES, web.place, 4) == "web:"
    assert text_at(PLACES, api.place, 4) == "api:"
    assert [text_at(PLACES, p.place, 11) for p in ports] == ['"8080:80"', '"9090:90"]']
    assert [p.path for p in ports] == ["services.web.ports[0]", "services.web.ports[1]"]
    assert text_at(PLACES, web.depends_on[0].place, 3) == "api"


def test_edges_are_dependencies_and_references() -> None:
    edges = platform_of(PLACES).edges

    assert [(e.source, e.target, e.kind) for e in edges] == [
        ("web", "api", "depends_on"),
        ("api", "web", "reference"),
    ]


CANARY = "Zq7canary9Xw"


@pytest.mark.parametrize(
    "field",
    [
        f"environment: {{PASSWORD: {CANARY}}}",
        f"environment: ['PASSWORD={CANARY}']",
        f"environment: ['a password: {CANARY}']",
        f"environment: {{URL: 'http://u:{CANARY}@db:5432/x'}}",
        "environment: {PASSWORD: '${SECRET}', OTHER: '${NONE:-" + CANARY + "}'}",
        "environment: {PASSWORD: '${NONE:?" + CANARY + "}'}",
        f"environment: {{PASSWORD: '${{SECRET {CANARY}'}}",
        "env_file: [secret.env]",
        f"command: run --password={CANARY}",
        f"command: [run, --password, {CANARY}, -p{CANARY}, '{CANARY}']",
        f"entrypoint: ['{CANARY}']",
        f"labels: {{a: {CANARY}}}",
        f"labels: ['a={CANARY}']",
        f"build: {{context: ., args: {{TOKEN: {CANARY}}}}}",
        f"build: 'https://u:{CANARY}@example.org/x.git'",
        f"healthcheck: {{test: 'curl -H {CANARY} x'}}",
        f"logging: {{driver: x, options: {{token: {CANARY}}}}}",
        f"annotations: {{a: {CANARY}}}",
        f"extra_hosts: ['{CANARY}:1.2.3.4']",
        f"x-note: {CANARY}",
    ],
)
def test_no_free_text_survives(field: str) -> None:
    files = {
        MAIN: f"services:\n  web:\n    image: shop\n    {field}\nx-top: {CANARY}\n",
        ".env": f"SECRET={CANARY}\n",
        "secret.env": f"PASSWORD={CANARY}\nBROKEN='{CANARY}\n",
    }

    platform = platform_of(files)

    assert platform.services
    assert CANARY not in repr(platform)
    assert CANARY not in repr(dataclasses.asdict(platform))


def test_a_reference_out_of_the_tree_is_named_and_not_opened() -> None:
    platform = platform_of(
        "services:\n  web:\n    image: x\n    env_file: ../../etc/secret\n"
        "  api: {extends: {file: /etc/base.yaml, service: a}, image: y}\n"
        "include: [../other/compose.yaml]\n"
    )

    assert [u.reason for u in platform.unread] == [
        "reference /etc/base.yaml leaves the project, not opened",
        "reference ../other/compose.yaml leaves the project, not opened",
        "reference ../../etc/secret leaves the project, not opened",
    ]
    assert [s.name for s in platform.services] == ["web", "api"]


def test_what_docker_compose_refuses_is_listed_and_the_rest_is_read() -> None:
    platform = platform_of(
        """\
        version: "3"
        services:
          web: {image: x, depends_on: [gone], volumes: ["a::b", "./ok:/ok"], ports: ["x", "1:2"]}
          bad: [1]
        """
    )
    web = platform.services[0]

    assert {n.reason for n in platform.not_assessed if n.input} == {
        'service "web" depends on undefined service "gone": invalid compose project',
        "services.web.volumes[0] is no volume",
        "services.web.ports[0] is no valid port",
        "services.bad must be a mapping",
    }
    assert [m.target for m in web.containers[0].mounts] == ["/ok"]
    assert [p.container for p in web.containers[0].ports] == [2]
    assert [d.target for d in web.depends_on] == ["gone"]
    assert platform.edges == ()
    assert [o.value for o in platform.obsolete] == ["version"]


def test_an_unset_variable_is_said_and_does_not_count_as_unread_input() -> None:
    platform = platform_of("services: {web: {image: 'x:${TAG}'}}")

    assert [(n.what, n.input) for n in platform.not_assessed] == [("variable TAG", False)]


@pytest.mark.parametrize(
    "text", ["", "[]", "a", "services: []", "services: {a: null}", "services: {1: {}}", "a: ["]
)
def test_what_is_no_project_is_said_and_not_raised(text: str) -> None:
    platform = platform_of(text)

    assert platform.unread or platform.not_assessed


def test_services_of_every_profile_are_there() -> None:
    platform = platform_of("services: {a: {image: x}, b: {image: x, profiles: [debug]}}")

    assert [(s.name, s.profiles) for s in platform.services] == [("a", ()), ("b", ("debug",))]


def test_a_chain_of_thousands_of_services_needs_no_recursion() -> None:
    lines = ["services:", "  s0: {image: x}"]
    lines += [f"  s{n}: {{image: x, depends_on: [s{n - 1}]}}" for n in range(1, 3000)]
    began = time.perf_counter()

    platform = platform_of("\n".join(lines))

    assert (len(platform.services), len(platform.edges)) == (3000, 2999)
    assert not platform.not_assessed
    assert time.perf_counter() - began < 20
