"""Which stage of a Dockerfile becomes the image, as BuildKit decides it; and what a text leaves."""

from __future__ import annotations

import dataclasses

import pytest

from tasks.domain.platform.containers import Dockerfile, Features, Sited, Stage, Variable
from tasks.domain.platform.nodes import Place

PLACE = Place("Dockerfile", 1, 1)


def stage(name: str, base: str = "debian:12", *, of_file: bool = False) -> Stage:
    return Stage(Sited(base, PLACE, "FROM"), PLACE, "FROM", name, from_stage=of_file)


BUILD, TEST, FINAL = stage("build"), stage("test", "build", of_file=True), stage("")
FILE = Dockerfile("Dockerfile", (BUILD, TEST, FINAL))


def test_the_last_stage_is_the_image_unless_another_is_asked_for() -> None:
    assert FILE.stage() is FINAL
    assert FILE.stage("build") is BUILD


@pytest.mark.parametrize("target", ["BUILD", "Build"])
def test_a_stage_is_found_whatever_the_case_of_its_name(target: str) -> None:
    assert FILE.stage(target) is BUILD
    assert Dockerfile("Dockerfile", (stage("Build"), FINAL)).stage("build") == stage("Build")


def test_an_empty_dockerfile_makes_no_image() -> None:
    assert Dockerfile("Dockerfile").stage() is None
    assert Dockerfile("Dockerfile").stage("build") is None
    assert Dockerfile("Dockerfile").lineage() == ()


def test_the_layers_of_an_image_are_those_of_the_stages_it_stands_on() -> None:
    assert FILE.lineage("test") == (BUILD, TEST)
    assert FILE.lineage() == (FINAL,)


def test_a_base_is_a_stage_above_it_never_itself_or_one_below() -> None:
    itself = stage("web", "web", of_file=True)
    early = stage("early", "late", of_file=True)

    assert Dockerfile("Dockerfile", (itself,)).lineage() == (itself,)
    assert Dockerfile("Dockerfile", (early, stage("late"))).lineage("early") == (early,)


def test_a_variable_has_no_field_that_could_hold_its_text() -> None:
    names = {field.name for field in dataclasses.fields(Variable)}
    free = {field.name for field in dataclasses.fields(Features) if field.type == "str"}

    assert names == {"name", "features", "place", "path", "origin"}
    assert free == {"unit", "word", "refers_to"}  # words of closed lists, the name of a service
