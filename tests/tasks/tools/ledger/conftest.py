import uuid
from collections.abc import Iterator

import pytest

from tasks.domain.runs import Run
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.leases import Lease


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


@pytest.fixture
def platform() -> str:
    return uuid.uuid4().hex[:16]


@pytest.fixture
def lease(ledger: Ledger, platform: str) -> Iterator[Lease]:
    lease = Lease.take(ledger, platform, f"run-{platform}")
    yield lease
    lease.release()


@pytest.fixture
def run(lease: Lease) -> Run:
    return Run(lease.run, lease.platform, lease.epoch, "night")
