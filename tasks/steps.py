"""The kinds of steps: derivation, observation, effect. Each is a Prefect task with its contract.

The kind decides what a later run may skip (`tasks.resume`) and sees to it that the
step's start and its commit are in the journal. The first argument of a step is its
`Run`, so that the journal's line carries the lease's epoch.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from prefect import Task
from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.context import TaskRunContext
from prefect.transactions import BaseTransaction, get_transaction
from prefect.utilities.annotations import opaque

from tasks import resume
from tasks.domain.exits import Exit
from tasks.domain.runs import Run
from tasks.interruption import stop_if_asked, stopped
from tasks.retry import if_temporary
from tasks.tools import quiet
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger import journal
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.journal import StepEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta
    from uuid import UUID

    from prefect import State
    from prefect.client.schemas.objects import TaskRun


class _Unheard(logging.Filter):
    """Leaves out what Prefect says of our hook, twice a step: it tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        return (
            record.levelno > logging.INFO or f"{_committed.__name__!r}" not in record.getMessage()
        )


class UnkeyedStepError(Exception):
    """A step that should be resumable cannot be keyed: a fault of ours."""


class UnstoredResultError(PermanentToolError):
    """A step was done and its result found no room: going on would lose more with each step."""

    exit = Exit.USAGE


P = ParamSpec("P")
R = TypeVar("R")

# A database or server that is being started again is back by then.
_RETRY_SECONDS: list[float] = [2, 10, 30]


# Programs that the steps of a module may start, by module.
_programs: dict[str, set[str]] = defaultdict(set)


def programs_of(modules: Iterable[str]) -> frozenset[str]:
    """Name the programs that steps in these modules may start, as far as they are imported."""
    return frozenset().union(*(_programs[name] for name in modules if name in _programs))


def derivation(name: str, *programs: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a step whose answer follows from its inputs; ``programs`` are those that it starts."""
    return _noted(_step(name, resume.derivation(*programs)), programs)


def observation(
    name: str, *programs: str, fresh_for: timedelta | None = None
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a step that looks at the world; its answer holds within a batch, while fresh."""
    made = _step(name, resume.observation(*programs), cache_expiration=fresh_for)
    return _noted(made, programs)


def _noted(
    make: Callable[[Callable[P, R]], Task[P, R]], programs: tuple[str, ...]
) -> Callable[[Callable[P, R]], Task[P, R]]:
    def decorate(function: Callable[P, R]) -> Task[P, R]:
        _programs[function.__module__].update(programs)
        return make(function)

    return decorate


def effect(name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a step that changes the world: never skipped, so its body goes through the ledger."""
    return _step(name, NO_CACHE)


def _step(name: str, policy: CachePolicy, **options: Any) -> Callable[[Callable[P, R]], Task[P, R]]:
    def decorate(function: Callable[P, R]) -> Task[P, R]:
        @wraps(function)
        def body(*args: P.args, **kwargs: P.kwargs) -> R:
            context = TaskRunContext.get()
            if context is not None:  # in a run, not called as a plain function
                run = next(v for v in (*args, *kwargs.values()) if isinstance(v, Run))
                _begin(context, run, cached=policy is not NO_CACHE)
            return function(*args, **kwargs)

        # Prefect asks for it several times a call, and would each time read the function anew.
        body.__signature__ = signature(function)  # type: ignore[attr-defined]  # as inspect has it

        return Step(
            body,
            name=function.__name__,
            task_run_name=name,
            cache_policy=policy,
            persist_result=policy is not NO_CACHE,
            retries=len(_RETRY_SECONDS),
            retry_delay_seconds=_RETRY_SECONDS,
            retry_condition_fn=if_temporary,
            on_completion=[_committed],
            **options,
        )

    return decorate


class Step(Task[P, R]):
    """A task whose arguments Prefect takes whole.

    It would look for futures and states in each part of a platform, twice a call. The graph of
    a run still shows which argument is whose result.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Carry the step out, as `Task` does."""
        whole = {name: opaque(value) for name, value in kwargs.items()}
        return super().__call__(*map(opaque, args), **whole)  # type: ignore[arg-type]  # Prefect unwraps them


# What began in this process and has not ended: task run id to its journal line, and the
# transaction that stores its result.
_begun: dict[UUID, tuple[tuple[Run, str, str], BaseTransaction | None]] = {}
# Attempts of this process that could not store a result, and the step that it was of.
_unstored: dict[tuple[str, int], str] = {}


def _begin(context: TaskRunContext, run: Run, *, cached: bool) -> None:
    """Write the journal's first line, before the body's own first line.

    While somebody measures on this host, that is waited for.

    Raises:
        UnkeyedStepError: Prefect could not compute the key, and would only log that.
        StaleLeaseError: another process took over the platform.
        InterruptionError: somebody wants the run to stop before this step.
        UnstoredResultError: the result of an earlier step could not be stored.
    """
    stop_if_asked()
    quiet.passed(lambda: stop_if_asked(run))
    if step := _unstored.get((run.id, run.epoch)):
        what = f"The result of {step} could not be stored."
        remedy = (
            "Make room where results are kept, and let it be written to;"
            " the same command goes on from there."
        )
        raise UnstoredResultError(what, remedy)
    held = get_transaction()
    key = held.key if held is not None else None
    if cached and not key:
        msg = f"The step {context.task.name} has no key: one of its inputs has no canonical form."
        raise UnkeyedStepError(msg)
    line = (run, context.task.name, key or str(context.task_run.id))
    if not journal.append(Ledger.here(), *line, StepEvent.STARTED):
        raise stopped(run)
    _begun[context.task_run.id] = line, held


def _committed(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> None:
    """Write the journal's second line. Prefect calls this after the result is stored.

    Or after it could not be: then there is no such line, and the run stops at its next step.
    """
    begun = _begun.pop(task_run.id, None)
    if begun is None:  # the stored result was taken, the body never began
        return
    line, held = begun
    # Prefect logs that it could not write a result, and goes on as if it had.
    if held is not None and held.key and held.is_rolled_back():
        run, step, _ = line
        _unstored[run.id, run.epoch] = step
        return
    journal.append(Ledger.here(), *line, StepEvent.COMMITTED)


logging.getLogger("prefect.task_runs").addFilter(_Unheard())
