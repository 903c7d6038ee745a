"""The sample platform, owned by a run, for the flows that need one."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.runs import Job, Run
from tasks.ownership import identify
from tasks.tools.ledger.database import URL_VARIABLE, Ledger
from tasks.tools.ledger.leases import Lease

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ledger(
    prefect: Path, ledger_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ledger]:
    """Give flows a ledger, and return it."""
    monkeypatch.setenv(URL_VARIABLE, ledger_url)
    monkeypatch.setenv("CMI_STATE", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    ledger = Ledger(ledger_url)
    yield ledger
    ledger.engine.dispose()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Copy the sample platform, so that each test has one of its own."""
    return Path(shutil.copytree(CHECKOUT / "examples/shop", tmp_path / "shop"))


@pytest.fixture
def shop_job(ledger: Ledger, shop: Path, tmp_path: Path) -> Iterator[Job]:
    """Own the sample platform as a run does, and return what its cells are told."""
    identity = identify(str(shop), "")
    run = uuid.uuid4().hex
    lease = Lease.take(ledger, identity.platform, run)
    told = Run(run, identity.platform, lease.epoch, "night", salt=run)
    out = str(tmp_path / "bundle")
    yield Job(told, identity.source, identity.entry, identity.content, out=out)
    lease.release()
