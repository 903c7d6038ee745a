"""Requirements on reading files: overlays, `include`, variables."""

import pytest

from tests.tasks.domain.platform.compose.projects import (
    MAIN,
    errors_of,
    platform_of,
    resolved_of,
)


def test_every_document_of_a_file_is_merged_in_order() -> None:
    platform = platform_of("services: {a: {image: x}}\n---\nservices: {a: {image: y}}\n")

    assert [s.containers[0].image and s.containers[0].image.value for s in platform.services] == [
        "y"
    ]


@pytest.mark.parametrize(
    ("include", "tag"),
    [
        ("[part/c.yaml]", "inner"),
        ("[{path: part/c.yaml, env_file: part/other.env}]", "other"),
        ("[{path: [part/c.yaml], project_directory: .}]", ""),
    ],
)
def test_an_included_project_has_its_own_folder_and_variables(include: str, tag: str) -> None:
    platform = platform_of(
        {
            MAIN: f"include: {include}\nservices: {{a: {{image: x, depends_on: [b]}}}}\n",
            "part/c.yaml": "services: {b: {image: 'y:${TAG}', build: ./src}}",
            "part/.env": "TAG=inner\n",
            "part/other.env": "TAG=other\n",
        }
    )
    inner = next(s for s in platform.services if s.name == "b").containers[0]

    assert inner.image is not None
    assert inner.image.value == f"y:{tag}"
    assert inner.build is not None
    assert inner.build.context == ("src" if "project_directory" in include else "part/src")
    assert [(e.source, e.target) for e in platform.edges] == [("a", "b")]


def test_an_include_cycle_is_named() -> None:
    files = {
        MAIN: "include: [o.yaml]\nservices: {a: {image: x}}",
        "o.yaml": "include: [compose.yaml]\nservices: {b: {image: x}}",
    }

    cycle = "include cycle detected: compose.yaml -> o.yaml -> compose.yaml"
    assert cycle in errors_of(files)


def test_the_same_name_here_and_in_an_included_file_is_refused() -> None:
    files = {
        MAIN: "include: [o.yaml]\nservices: {a: {image: x}}",
        "o.yaml": "services: {a: {image: y}}",
    }

    assert errors_of(files) == ["services.a conflicts with imported resource"]


def test_every_file_that_went_in_is_listed() -> None:
    files = {
        MAIN: "services: {a: {image: x, env_file: a.env}}",
        "o.yaml": "services: {a: {image: 'y'}}",
        ".env": "A=1",
        "a.env": "B=1",
        "unused.yaml": "",
    }

    assert platform_of(files, MAIN, "o.yaml").files == (".env", "a.env", MAIN, "o.yaml")


def test_profiles_named_in_the_projects_variables_are_active() -> None:
    files = {
        MAIN: """\
            services:
              a: {image: x}
              b: {image: x, profiles: [p]}
              c: {image: x, profiles: [q]}
            """,
        ".env": "COMPOSE_PROFILES=p",
    }

    assert list(resolved_of(files).active) == ["a", "b"]
