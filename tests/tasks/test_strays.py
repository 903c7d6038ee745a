from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.verification.copy_request import LABEL, PLATFORM_LABEL
from tasks.strays import remove_copy, strays
from tasks.tools.engine import connected
from tasks.tools.errors import ToolError
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease
from tasks.tools.live import objects
from tasks.tools.live.copying import project_of
from tasks.tools.state import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLATFORM = "fedcba9876543210"
NOBODY: Any = None


def test_where_no_engine_answers_there_is_nothing_to_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")

    assert strays(NOBODY) == ()


@pytest.fixture
def ledger(ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    if os.geteuid() != 0:
        pytest.skip("needs the right to talk to an engine")
    found = Ledger(ledger_url)
    yield found
    found.engine.dispose()


@pytest.mark.engine
def test_a_copy_is_removed_when_its_owner_is_gone_and_not_before(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = project_of(PLATFORM)
    labels = {LABEL: project, PLATFORM_LABEL: PLATFORM}
    strange = {LABEL: "cmi-fedcba9876-other0", PLATFORM_LABEL: PLATFORM}
    try:
        with connected() as engine:
            engine.client.create_volume("cmi-test-stray", labels=labels)
            engine.client.create_volume("cmi-test-other", labels=strange)
    except ToolError as error:
        pytest.skip(str(error))
    try:
        lease = Lease.take(ledger, PLATFORM, "run-1")
        assert project not in strays(ledger)
        lease.release()

        assert strays(ledger) == (project,)
        assert remove_copy(project) == f"copy {project}"

        assert strays(ledger) == ()
        with connected() as engine:
            assert set(objects.projects(engine)) & {project, strange[LABEL]} == {strange[LABEL]}
    finally:
        with connected() as engine:
            objects.remove(engine, project)
            objects.remove(engine, strange[LABEL])


@pytest.mark.engine
def test_files_that_a_kill_left_alone_are_a_copy_too(ledger: Ledger) -> None:
    project = project_of(PLATFORM)
    copies = state_folder() / "copies"
    for name in (project, f"{project}-after", "kept-by-somebody"):
        (copies / name).mkdir(parents=True)
    lease = Lease.take(ledger, PLATFORM, "run-1")
    try:
        with connected():
            assert project not in strays(ledger)
    except ToolError as error:
        pytest.skip(str(error))
    finally:
        lease.release()

    assert strays(ledger) == (project,)
    remove_copy(project)

    assert [each.name for each in copies.iterdir()] == ["kept-by-somebody"]
    assert strays(ledger) == ()
