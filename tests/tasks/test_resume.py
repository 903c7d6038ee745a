from __future__ import annotations

import importlib
import sys
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import grimp
import pytest

from tasks import resume
from tasks.domain.runs import Job, Run
from tasks.tools import command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

RUN = Run("run", "platform", 3, "night")

FILES = {
    "steps.py": """
        import yaml
        from shopcode.domain import prices

        def price(run, item):
            return prices.of(item)

        def weigh(run, item):
            return prices.of(item)
        """,
    "domain/__init__.py": "",
    "domain/prices.py": """
        from shopcode.domain import rounding

        def of(item):
            return rounding.down(item)
        """,
    "domain/rounding.py": "def down(number): return int(number)",
    "domain/unrelated.py": "COLOUR = 'red'",
}


class Product:
    """A small product on disk, read again after every edit as a new process would."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "shopcode"
        self._monkeypatch = monkeypatch
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.setattr(resume, "PACKAGES", ("shopcode",))
        for name, text in {"__init__.py": "", **FILES}.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def step(self, name: str = "price") -> Callable[..., Any]:
        self.forget()
        function: Callable[..., Any] = getattr(importlib.import_module("shopcode.steps"), name)
        return function

    def forget(self) -> None:
        for module in [name for name in sys.modules if name.partition(".")[0] == "shopcode"]:
            del sys.modules[module]
        importlib.invalidate_caches()
        resume.graph.cache_clear()
        resume.code_digest.cache_clear()
        resume.library_versions.cache_clear()
        resume.installed_version.cache_clear()

    def key(self, name: str = "price", run: Run = RUN, item: object = 1, **more: Any) -> str:
        return resume.step_key(self.step(name), {"run": run, "item": item}, **more)


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    product = Product(tmp_path, monkeypatch)
    yield product
    product.forget()


def test_the_same_call_has_the_same_key_in_the_next_process(product: Product) -> None:
    assert product.key() == product.key()


def test_a_fix_in_a_called_module_changes_the_key(product: Product) -> None:
    before = product.key()
    product.write("domain/rounding.py", "def down(number): return round(number)")

    assert product.key() != before


def test_an_unrelated_module_does_not_change_the_key(product: Product) -> None:
    before = product.key()
    product.write("domain/unrelated.py", "COLOUR = 'blue'")

    assert product.key() == before


def test_a_changed_data_file_beside_the_code_changes_the_key(product: Product) -> None:
    before = product.key()
    product.write("domain/tables/prices.yaml", "bread: 3")

    assert product.key() != before


def test_two_tasks_with_the_same_text_have_two_keys(product: Product) -> None:
    assert product.key("price") != product.key("weigh")


def test_another_input_has_another_key(product: Product) -> None:
    assert product.key(item={"a": 1, "b": 2}) == product.key(item={"b": 2, "a": 1})
    assert product.key(item=1) != product.key(item=2)


def test_another_version_of_an_imported_library_changes_the_key(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = product.key()
    monkeypatch.setattr("importlib.metadata.version", lambda library: "999")

    assert product.key() != before


def test_a_derivation_is_shared_by_all_runs_and_batches(product: Product) -> None:
    other = Run("another", "platform", 9, "release", "")

    assert product.key(run=RUN) == product.key(run=other)


def test_recomputing_takes_keys_of_its_own_that_its_resumption_finds_again(
    product: Product,
) -> None:
    salted = replace(RUN, salt="run")

    assert product.key(run=salted) != product.key(run=RUN)
    assert product.key(run=salted) == product.key(run=replace(salted, epoch=4))


def test_an_observation_holds_within_its_batch_only(product: Product) -> None:
    tomorrow = replace(RUN, id="tomorrow", batch="another night")
    again = replace(RUN, id="again", epoch=9)

    assert product.key(batched=True) == product.key(batched=True, run=again)
    assert product.key(batched=True) != product.key(batched=True, run=tomorrow)


def test_installing_a_program_that_a_step_starts_changes_its_key(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = product.key(programs=("scanner",))
    scanner = tmp_path / "scanner"
    scanner.write_text("#!/bin/sh\necho scanner 1.0\n")
    scanner.chmod(0o755)
    resume.program_version.cache_clear()

    assert command.find_program("scanner") == scanner
    assert product.key(programs=("scanner",)) != before


def test_an_input_without_canonical_form_is_refused_instead_of_guessed(product: Product) -> None:
    with pytest.raises(TypeError, match="canonical"):
        product.key(item=object())


def test_a_whole_job_is_refused_because_its_epoch_would_make_every_resume_compute_again(
    product: Product,
) -> None:
    with pytest.raises(TypeError, match="epoch"):
        product.key(item=Job(Run("r", "p", 2, "b"), "/shop", "compose", "content"))


def test_the_closure_of_our_own_steps_holds_the_domain_that_they_call() -> None:
    resume.graph.cache_clear()

    found = resume.closure("tasks.steps")

    assert {"tasks.resume", "tasks.domain.canonical", "tasks.tools.ledger.journal"} <= found
    assert isinstance(resume.graph(), grimp.ImportGraph)
