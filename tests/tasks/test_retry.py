import pytest
from prefect import Task, task
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed

from tasks.retry import if_temporary
from tasks.tools.errors import PermanentToolError, TemporaryToolError


@task
def step() -> None: ...


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (TemporaryToolError("timed out"), True),
        (PermanentToolError("no such program"), False),
        (ValueError("a fault of ours"), False),
    ],
)
def test_only_a_temporary_failure_is_worth_another_attempt(error: Exception, again: bool) -> None:
    run = TaskRun.model_construct()
    anything: Task[..., None] = step

    assert if_temporary(anything, run, Failed(data=error)) is again
