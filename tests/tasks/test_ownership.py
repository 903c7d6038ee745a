from __future__ import annotations

import shutil
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tasks.ownership import Request, bundle_folder, identify, open_run, owned
from tasks.tools.ledger import runs
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import HeldError
from tasks.tools.sources import SourceError
from tests.tasks.platforms import SHOP


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    return Request(str(shutil.copytree(SHOP, tmp_path / "shop")), out=str(tmp_path / "out"))


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


def _id() -> str:
    return str(uuid.uuid4())


def test_one_place_is_one_platform_however_it_is_written(request_: Request) -> None:
    place = Path(request_.platform)

    assert identify(str(place), "") == identify(str(place / ".." / place.name), "")


def test_a_changed_file_changes_the_content_not_the_platform(request_: Request) -> None:
    before = identify(request_.platform, "")
    (Path(request_.platform) / "compose.yaml").open("a").write("\n# later\n")
    after = identify(request_.platform, "")

    assert after.platform == before.platform
    assert after.content != before.content


def test_a_folder_without_a_platform_ends_with_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text("colour: red\n", encoding="utf-8")

    with pytest.raises(SourceError) as refused:
        identify(str(tmp_path), "")

    assert refused.value.exit is Exit.NO_PLATFORM


def test_a_retried_flow_run_finds_its_own_run_with_its_salt(
    ledger: Ledger, request_: Request
) -> None:
    identity, flow_run = identify(request_.platform, ""), _id()
    first = open_run(ledger, replace(request_, recompute=True), identity, flow_run)
    again = open_run(ledger, request_, identity, flow_run)

    assert again == first
    assert first.salt == first.id


def test_a_run_that_goes_on_in_another_flow_run_keeps_its_salt(
    ledger: Ledger, request_: Request
) -> None:
    identity = identify(request_.platform, "")
    first = open_run(ledger, replace(request_, recompute=True), identity, _id())
    again = open_run(ledger, replace(request_, run=first.id), identity, other := _id())

    assert (again.id, again.salt) == (first.id, first.salt)
    found = runs.find(ledger, other)
    assert found is not None
    assert found.id == first.id


def test_a_refused_run_leaves_no_trace_that_could_be_resumed(
    ledger: Ledger, request_: Request
) -> None:
    with owned(ledger, request_, first := _id()) as job:
        with pytest.raises(HeldError) as refused, owned(ledger, request_, second := _id()):
            pass
        assert refused.value.run == job.run.id == first
    assert runs.find(ledger, second) is None


def test_the_bundle_goes_where_the_first_attempt_was_told(
    ledger: Ledger, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMI_STATE", "/state")
    record = open_run(ledger, request_, identify(request_.platform, ""), _id())

    assert bundle_folder(record, "") == Path(request_.out)
    assert bundle_folder(replace(record, parameters={}), "") == Path("/state/bundles") / record.id


def test_a_repository_is_one_platform_at_each_revision_and_a_run_keeps_its_commit(
    tmp_path: Path,
) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("there is no git here")
    work = shutil.copytree(SHOP, tmp_path / "shop")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")

    def commit() -> str:
        for words in (("add", "-A"), (*who, "commit", "-q", "--allow-empty", "-m", "x")):
            subprocess.run([git, *words], cwd=work, check=True, capture_output=True)
        head = [git, "rev-parse", "HEAD"]
        return (
            subprocess.run(head, cwd=work, check=True, capture_output=True).stdout.decode().strip()
        )

    subprocess.run([git, "init", "-q"], cwd=work, check=True)
    first = commit()
    before = identify(f"git+file://{work}@HEAD", "")
    (work / "more.yaml").write_text("a: 1\n")
    second = commit()
    after = identify(f"git+file://{work}@HEAD", "")

    assert before.source == f"git+file://{work}@{first}"
    assert after.source == f"git+file://{work}@{second}"
    assert after.platform == before.platform
    assert after.content != before.content
    assert identify(before.source, "") == before


def test_an_archive_has_the_content_of_its_folder(request_: Request, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "shop"), "gztar", request_.platform)

    found, folder = identify(archive, ""), identify(request_.platform, "")

    assert (found.source, found.entry) == (archive, folder.entry)
    assert found.content == folder.content
