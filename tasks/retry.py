"""Which failed steps are worth another attempt: those that failed for a temporary reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tasks.tools.errors import TemporaryToolError

if TYPE_CHECKING:
    from prefect import State, Task
    from prefect.client.schemas.objects import TaskRun


def if_temporary(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Retry on `TemporaryToolError` and on nothing else."""
    try:
        state.result()
    except TemporaryToolError:
        return True
    except BaseException:  # noqa: BLE001  # whatever else it was, repeating it will not help
        return False
    return False
