"""A run in this process: for machines without a worker, and for those who want to see it end.

The programme works in a thread of its own, so that this one can listen to Ctrl-C and tell
what settles. A thread cannot be stopped: the first Ctrl-C lets the run end before its next
step, a second one ends the process at once. Neither loses what is finished.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from deployments.cli.following import stopped, tell
from deployments.cli.output import say
from deployments.cli.submitting import ServerGoneError, server_gone, talking
from flows.conduct import CellsFailedError
from flows.programme import programme
from tasks import interruption
from tasks.domain.exits import INTERRUPTED
from tasks.tools.ledger import runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.tools.ledger.database import Ledger
    from tasks.tools.ledger.runs import RunRecord

_LOOK_SECONDS = 1.0


class _Work(threading.Thread):
    """The programme at work; ``error`` is what ended it.

    Wait for ``ended``, never by ``join``: Ctrl-C in a join makes Python believe that the
    thread has ended (https://github.com/python/cpython/issues/90882).
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(name="programme", daemon=True)
        self._work = work
        self.ended = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001  # told by whoever waits for this thread
            self.error = error
        finally:
            self.ended.set()


def in_foreground(ledger: Ledger, record: RunRecord, command: str) -> RunRecord:
    """Run the programme of ``record`` to its end and return it as the ledger has it then.

    ``command`` is what the user types to go on.

    Raises:
        KeyboardInterrupt: he ended it; the message is the sentence that he gets.
        RunStoppedError: cells failed.
        HeldError: another run got hold of the platform first.
        ServerGoneError: Prefect's server does not answer.
    """
    interruption.forget()
    taken = {"platform", "entry", "batch", "run", "recompute", "quick", "out", "lang", "live"}
    parameters = {k: v for k, v in record.parameters.items() if k in taken} | {"run": record.id}
    work = _Work(lambda: programme(**parameters))
    work.start()
    goes_on = f"`{command}` goes on from there."
    _wait(work, ledger, record, goes_on)
    if work.error is not None:
        ended = runs.find(ledger, record.id) or record
        raise _told(work.error, ended, goes_on) from work.error
    return runs.find(ledger, record.id) or record


def _wait(work: _Work, ledger: Ledger, record: RunRecord, goes_on: str) -> None:
    told: dict[str, str] = {}
    while not work.ended.is_set():
        try:
            _look(work, ledger, record, told)
        except ServerGoneError:
            continue  # the run itself notices, and waits as long as it can
        except KeyboardInterrupt:
            if interruption.asked():
                say(f"Run {record.id} was ended in the middle of a step. {goes_on}")
                os._exit(INTERRUPTED)
            interruption.ask()
            say("Stopping before the next step; Ctrl-C again does not wait for this one.")


def _look(work: _Work, ledger: Ledger, record: RunRecord, told: dict[str, str]) -> None:
    """Tell what becomes of the run until it ended, and what was its end, over one line."""
    with talking(retries=0) as client:
        ended = False
        while not ended:
            ended = work.ended.wait(_LOOK_SECONDS)
            found = runs.find(ledger, record.id)
            # Before it has begun only its former attempt is known; and what does not begin any
            # more, once somebody interrupted it, did not fail.
            begun = found is not None and found.flow_run not in {"", record.flow_run}
            if found is not None and begun and not interruption.asked():
                tell(client, found, told)


def _told(error: BaseException, record: RunRecord, goes_on: str) -> BaseException:
    """Turn what ended the programme into what its user needs to know."""
    if isinstance(error, KeyboardInterrupt):
        return KeyboardInterrupt(f"Run {record.id} was interrupted. {goes_on}")
    if isinstance(error, CellsFailedError):
        return stopped(record, str(error), goes_on)
    return server_gone(error) or error
