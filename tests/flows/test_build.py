"""Phase build, alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from deployments.cli.main import call
from flows.build import build, security
from tests.flows.done import done

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.runs import Job
    from tasks.tools.ledger.database import Ledger

pytestmark = pytest.mark.timeout(120)


def test_the_security_cell_finds_what_the_quick_check_finds(
    shop_job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    secured = security(shop_job, {})
    capsys.readouterr()
    call(["check", shop_job.source, "--json"])
    checked = json.loads(capsys.readouterr().out)

    assert {each.id for each in secured.findings} == {each["id"] for each in checked["findings"]}
    assert len(secured.findings) == len(checked["findings"])


def test_each_candidate_closes_findings_that_were_found(shop_job: Job) -> None:
    secured = security(shop_job, {})
    found = {each.id for each in secured.findings}

    assert secured.candidates
    for candidate in secured.candidates:
        assert candidate.closes
        assert set(candidate.closes) <= found


def test_build_alone_works_off_its_own_cells_only(ledger: Ledger, shop: Path) -> None:
    outcome = build(str(shop))

    assert done(outcome) == {"build/security"}
    assert outcome["bundle"] == ""
