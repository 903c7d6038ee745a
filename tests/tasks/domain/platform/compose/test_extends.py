"""Requirements on `extends`."""

import time

from tests.tasks.domain.platform.compose.projects import (
    MAIN,
    container_of,
    errors_of,
    platform_of,
    resolved_of,
)


def test_a_service_starts_from_its_base_and_adds_its_own() -> None:
    box = container_of(
        """\
        services:
          web: {extends: base, ports: ["2:2"], environment: {B: 2}}
          base: {image: x, ports: ["1:1"], environment: [A=1]}
        """
    )

    assert [p.container for p in box.ports] == [1, 2]
    assert [v.name for v in box.environment] == ["A", "B"]


def test_paths_of_a_base_are_relative_to_its_own_file() -> None:
    box = container_of(
        {
            MAIN: "services: {web: {extends: {file: base/c.yaml, service: base}}}",
            "base/c.yaml": "services: {base: {build: ./ctx, volumes: ['./d:/d']}}",
        }
    )

    assert box.build is not None
    assert (box.build.context, box.mounts[0].source) == ("base/ctx", "base/d")


def test_a_cycle_over_two_files_is_named() -> None:
    files = {
        MAIN: "services: {a: {image: x, extends: {file: o.yaml, service: b}}}",
        "o.yaml": "services: {b: {extends: {file: compose.yaml, service: a}}}",
    }

    assert errors_of(files)[0] == "circular reference: compose.yaml a, o.yaml b, compose.yaml a"
    assert [s.name for s in platform_of(files).services] == ["a"]


def test_a_base_that_is_not_there_is_named() -> None:
    assert errors_of("services: {a: {image: x, extends: gone}}") == [
        'cannot extend service "a" in compose.yaml: service "gone" not found'
    ]


def test_a_long_row_of_bases_is_cut_before_it_grows() -> None:
    lines = ["services:", "  s0: {image: x}"]
    lines += [f"  s{n}: {{image: x, extends: s{n - 1}, expose: ['{n}']}}" for n in range(1, 1000)]
    began = time.perf_counter()

    resolved = resolved_of("\n".join(lines))

    assert "in a row" in (resolved.error or "")
    assert len(resolved.services) == 1000
    assert time.perf_counter() - began < 20
