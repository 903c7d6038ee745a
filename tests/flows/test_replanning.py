"""What must run again after a change, and what must not: the table of replanning.

Each row changes one thing in earnest (a file of the platform, bytes of our own code or
knowledge, the version of a library, a parameter) and compares the keys that decide what
is skipped, with every step's inputs computed anew. A step that is not named keeps its key.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from flows.cells import inputs_digest
from tasks import assess, harden, intake, propose, resume, theory, verify
from tasks.domain.runs import Job, Run
from tasks.domain.settling import ancestors
from tasks.ownership import identify
from tasks.tools.found import platform_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect import Task

COMPOSE = """\
services:
  web:
    image: nginx:1.29.1
    ports: ["80:80"]
  db:
    image: postgres:9.6
    privileged: true
x-notes:
  one: 1
  two: 2
  three: 3
  # far enough from both ends for no patch to show it
  four: 4
  five: 5
  six: 6
  seven: 7
"""
SETTINGS = "waivers: []\nbudgets: {startup: 30s}\n"
CELLS = (
    "theory/distributed",
    "build/security",
    "verify/integration",
    "optimise/harden",
    "optimise/training",
)
# Steps by what they depend on: the bytes of the files, what the checks find, what theory counts.
READ = {"read_platform"}
BYTES = {
    "waive",
    "propose_changes",
    "prove",
    "validate_definitions",
    "prove_together",
    "combine_changes",
}
FOUND = {"assess_platform", "report_hardening"} | BYTES
THEORY = {"analyse_distributed", "describe_distributed"}
EVERY_STEP = READ | FOUND | THEORY
EVERY_CELL = set(CELLS)


@dataclass
class World:
    """A platform and the run over it; keys are computed from what there is at the moment."""

    folder: Path
    entry: str = ""
    batch: str = "night"
    quick: bool = False
    out: str = "/bundle"

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def job(self) -> Job:
        told = identify(str(self.folder), self.entry)
        run = Run("a-run", told.platform, 1, self.batch)
        return Job(run, told.source, told.entry, told.content, self.quick, self.out)

    def cells(self) -> dict[str, str]:
        """Digest what each cell is made from, with unchanged outcomes of the others."""
        job = self.job()
        found = {}
        for cell in CELLS:
            earlier = ancestors(CELLS, cell)
            found[cell] = inputs_digest(cell, job, dict.fromkeys(earlier, "same"), earlier)
        return found

    def steps(self) -> dict[str, str]:
        """Compute the key of each step, with its inputs as its predecessors make them now."""
        job = self.job()
        run, place = job.run, (job.source, job.content)
        read = intake.read_platform.fn(run, job.source, job.entry, job.content)
        platform = platform_of(read)
        found = assess.assess_platform.fn(run, platform)
        waived = assess.waive.fn(run, found, *place, "2026-11-27")
        changes = propose.propose_changes.fn(run, platform, waived, *place).candidates
        together = propose.combine_changes.fn(run, changes, waived, *place)
        figures = theory.analyse_distributed.fn(run, platform)
        source = {"source": job.source, "content": job.content}
        calls: list[tuple[Task[Any, Any], dict[str, Any]]] = [
            (intake.read_platform, source | {"entry": job.entry}),
            (assess.assess_platform, {"platform": platform}),
            (assess.waive, source | {"findings": found, "today": "2026-11-27"}),
            (propose.propose_changes, source | {"platform": platform, "findings": waived}),
            (
                verify.prove,
                {
                    "candidate": changes[0],
                    "platform": platform,
                    "findings": waived,
                    "place": place,
                },
            ),
            (verify.validate_definitions, {"entry": read.entry, "place": place}),
            (
                verify.prove_together,
                {"candidates": changes, "platform": platform, "findings": waived, "place": place},
            ),
            (propose.combine_changes, source | {"candidates": changes, "findings": waived}),
            (
                harden.report_hardening,
                {
                    "platform": platform,
                    "findings": waived,
                    "candidates": changes,
                    "proposed": together,
                },
            ),
            (theory.analyse_distributed, {"platform": platform}),
            (theory.describe_distributed, {"entry": job.entry, "figures": figures}),
        ]
        return {step.fn.__name__: _key(step, {"run": run} | told) for step, told in calls}


def _key(step: Task[Any, Any], inputs: dict[str, Any]) -> str:
    context: Any = SimpleNamespace(task=SimpleNamespace(fn=step.fn))
    key = step.cache_policy.compute_key(context, inputs, {})
    assert key
    return str(key)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path / "shop")
    made.folder.mkdir()
    made.write("compose.yaml", COMPOSE)
    made.write("cmi.yaml", SETTINGS)
    return made


@contextmanager
def edited(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    """Let one of our own files have one byte more, wherever it is hashed."""
    path = Path(__file__).resolve().parents[2] / name
    assert path.is_file()
    read = Path.read_bytes

    def with_a_byte_more(self: Path) -> bytes:
        return read(self) + (b"\n" if self.resolve() == path else b"")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", with_a_byte_more)
        resume.code_digest.cache_clear()
        yield
    resume.code_digest.cache_clear()


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("file", "text", "steps"),
    [
        pytest.param("compose.yaml", COMPOSE, set(), id="nothing"),
        pytest.param(
            "compose.yaml",
            COMPOSE.replace("postgres:9.6", "postgres:17.5\n    init: true"),
            EVERY_STEP - {"describe_distributed"},
            id="one file of the platform, nothing that theory counts",
        ),
        pytest.param(
            "compose.yaml",
            COMPOSE.replace("    privileged", "    depends_on: [web]\n    privileged"),
            EVERY_STEP,
            id="one file of the platform, a dependency more",
        ),
        pytest.param(
            "compose.yaml",
            COMPOSE.replace("far enough", "so far"),
            READ | BYTES,
            id="a comment alone, outside what patches show",
        ),
        pytest.param("README.md", "Read me.\n", READ | BYTES, id="a file that nothing reads"),
        pytest.param(
            "cmi.yaml", SETTINGS.replace("30s", "40s"), READ | BYTES, id="a budget in cmi.yaml"
        ),
        pytest.param(
            "cmi.yaml",
            "waivers:\n  - {check: privileged-container, place: db, owner: kim, reason: old,"
            " expires: 2027-01-01}\n",
            READ | FOUND - {"assess_platform"},
            id="a waiver in cmi.yaml",
        ),
    ],
)
def test_a_change_of_the_users_files(world: World, file: str, text: str, steps: set[str]) -> None:
    before, cells = world.steps(), world.cells()

    world.write(file, text)

    assert changed(before, world.steps()) == steps
    assert changed(cells, world.cells()) == (EVERY_CELL if steps else set())


@pytest.mark.parametrize(
    ("name", "steps", "cells"),
    [
        pytest.param(
            "tasks/domain/security/checks/privilege.py",
            FOUND,
            EVERY_CELL,
            id="the code of a check",
        ),
        pytest.param(
            "knowledge/checks/privilege.yaml",
            FOUND,
            EVERY_CELL,
            id="the text of a check",
        ),
        pytest.param(
            "knowledge/deprecations/images.yaml", FOUND, EVERY_CELL, id="an entry of knowledge"
        ),
        pytest.param("flows/theory.py", set(), {"theory/distributed"}, id="the flow of one cell"),
        pytest.param("tasks/domain/canonical.py", EVERY_STEP, EVERY_CELL, id="a shared module"),
        pytest.param("tasks/theory.py", THEORY, {"theory/distributed"}, id="the steps of one cell"),
        pytest.param("README.md", set(), set(), id="a page that no code reads"),
        pytest.param("deployments/cli/check.py", set(), set(), id="a command"),
    ],
)
def test_a_change_of_our_own_code_or_knowledge(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    steps: set[str],
    cells: set[str],
) -> None:
    before, made_from = world.steps(), world.cells()

    with edited(monkeypatch, name):
        found = changed(before, world.steps()), changed(made_from, world.cells())

    assert found == (steps, cells)


@pytest.mark.parametrize(
    ("parameter", "steps", "cells"),
    [
        pytest.param({"quick": True}, set(), EVERY_CELL, id="quick"),
        pytest.param({"out": "/elsewhere"}, set(), EVERY_CELL, id="the place of the bundle"),
        pytest.param({"batch": "next night"}, set(), set(), id="the batch"),
    ],
)
def test_a_change_of_a_parameter(
    world: World, parameter: dict[str, Any], steps: set[str], cells: set[str]
) -> None:
    later = replace(world, **parameter)

    assert changed(world.steps(), later.steps()) == steps
    assert changed(world.cells(), later.cells()) == cells


def test_another_entry_is_another_platform_of_which_nothing_is_known(world: World) -> None:
    world.write("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")
    before = world.job().run.platform

    later = replace(world, entry="pod.yaml")

    assert later.job().run.platform != before
    assert changed(world.cells(), later.cells()) == EVERY_CELL


def test_another_version_of_a_library_repeats_the_steps_that_use_it_and_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.steps()
    version = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: "0.0.1" if name == "networkx" else version(name)
    )
    resume.library_versions.cache_clear()
    resume.installed_version.cache_clear()
    found = changed(before, world.steps())
    monkeypatch.undo()
    resume.library_versions.cache_clear()
    resume.installed_version.cache_clear()

    using = {
        step.fn.__name__
        for step in (theory.analyse_distributed, assess.assess_platform, intake.read_platform)
        if "networkx" in {name.partition(".")[0] for name in resume.closure(step.fn.__module__)}
    }
    assert "analyse_distributed" in using
    assert using <= found
    assert changed(before, world.steps()) == set()


def test_another_program_repeats_the_steps_that_start_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.steps()
    known = resume.program_version
    monkeypatch.setattr(
        resume, "program_version", lambda name: "other" if name == "git" else known(name)
    )

    assert changed(before, world.steps()) == {"prove", "prove_together"}
