"""Whatever the input: a bounded answer that names file and line, and never a clean bill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.robustness.asking import ask
from tests.robustness.cases import CASES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.robustness.case import Case


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
@pytest.mark.timeout(400)
def test_a_nasty_input_gets_a_good_answer(case: Case, tmp_path: Path) -> None:
    assert ask(case, tmp_path).faults == []
