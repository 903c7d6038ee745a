"""Short measurements against the promises of the first page."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from deployments.local.stack import Stack

CHECKOUT = Path(__file__).resolve().parents[2]


def _seconds(*command: str) -> float:
    began = time.monotonic()
    subprocess.run(
        [sys.executable, *command], cwd=CHECKOUT, check=True, capture_output=True, timeout=60
    )
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("question", "promise"),
    [
        pytest.param(("-m", "deployments.local", "help"), 0.5, id="help"),
        pytest.param(("-m", "deployments.cli.main", "--help"), 1.0, id="cmi --help"),
    ],
)
def test_a_command_that_only_talks_answers_at_once(
    question: tuple[str, ...], promise: float
) -> None:
    # The best of three: we measure the program, not what else this machine is doing.
    assert min(_seconds(*question) for _ in range(3)) < promise


@pytest.mark.stack
@pytest.mark.timeout(300)
def test_a_running_stack_is_found_in_well_under_three_seconds(stack: Stack) -> None:
    call = "from deployments.local.start import ensure_stack; ensure_stack()"

    assert min(_seconds("-c", call) for _ in range(3)) < 1.5


def test_finding_a_running_stack_does_not_import_prefect() -> None:
    call = (
        "import sys; import deployments.local.start, deployments.local.sample; "
        "print([m for m in ('prefect', 'sqlalchemy', 'psycopg', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", call], cwd=CHECKOUT, check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"
