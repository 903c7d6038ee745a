"""A stack under test: its commands, its processes, its ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120.0
LAST_LINES = 40


def wait_until(
    what: str,
    condition: Callable[[], Any],
    seconds: float = PATIENCE_SECONDS,
    story: Callable[[], str] = str,
) -> Any:
    """Wait for something to become true; when it does not, fail with its name and ``story``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds:.0f} s: {what}\n{story()}")


@dataclass
class Platforms:
    """The stack under test: its commands, its processes, its ledger."""

    state: Path

    def cmi(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "deployments.cli.main", *words],
            cwd=CHECKOUT,
            env=os.environ | {"CMI_STATE": str(self.state), "PYTHONPATH": str(CHECKOUT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def done(self, process: subprocess.Popen[str], beside: int = 0) -> dict[str, Any]:
        """Wait for a command; ``beside`` others share the processors with it."""
        out, err = process.communicate(timeout=PATIENCE_SECONDS * (1 + beside))
        assert process.returncode == 0, err[-2000:]
        answer: dict[str, Any] = json.loads(out)
        return answer

    def stack(self) -> Any:
        from deployments.local.layout import Layout  # noqa: PLC0415  # imported in the tests' own time
        from deployments.local.stack import Stack  # noqa: PLC0415

        stack = Stack.read(Layout(CHECKOUT, self.state))
        assert stack is not None
        return stack

    def pid(self, name: str) -> int:
        return int(self.stack().service(name).process.pid)

    def flow_processes(self, run: str) -> list[psutil.Process]:
        """Find the processes in which workers execute the flow run of ``run``."""
        flow_run = self.record(run).flow_run
        found = []
        for process in psutil.process_iter(["environ"]):
            environ = process.info["environ"] or {}
            if environ.get("PREFECT__FLOW_RUN_ID", "") == flow_run:
                found.append(process)
        return found

    def ledger(self) -> Any:
        from tasks.tools.ledger.database import Ledger  # noqa: PLC0415

        return Ledger(self.stack().ledger_url)

    def record(self, run: str) -> Any:
        from tasks.tools.ledger import runs  # noqa: PLC0415

        return runs.find(self.ledger(), run)

    def newest(self, platform: Path) -> Any:
        from tasks.domain.runs import platform_identity  # noqa: PLC0415
        from tasks.ownership import identify  # noqa: PLC0415
        from tasks.tools.ledger import runs  # noqa: PLC0415

        identity = identify(str(platform), "")
        assert identity.platform == platform_identity(identity.source, identity.entry)
        return runs.newest(self.ledger(), identity.platform)

    def alive(self, run: str) -> bool:
        from tasks.tools.ledger.leases import holder  # noqa: PLC0415

        owner = holder(self.ledger(), self.record(run).platform)
        return owner is not None and owner.alive and owner.run == run

    def lines(self, run: str) -> Any:
        from tasks.tools.ledger import journal  # noqa: PLC0415

        return journal.lines(self.ledger(), run)

    def committed(self, run: str) -> int:
        return sum(line.event == "committed" for line in self.lines(run))

    def story(self, run: str) -> str:
        """Tell all that is known of a run: what a failed test is understood by."""
        record = self.record(run)
        told = [f"run {run}: {record.state if record else 'unknown'}, {self.committed(run)} steps"]
        if record:
            told.append(f"lease: {self._owner(record.platform)}")
            told.append(f"processes: {[each.pid for each in self.flow_processes(run)]}")
        with suppress(Exception):  # the server may be what is missing
            told.append(f"flow run: {self.flow_state(run)!r}")
            told += [f"  log: {line}" for line in self._flow_log(run)]
        told += [f"{each.name}: alive {each.process.alive}" for each in self.stack().services]
        for name in ("worker", "server", "database"):
            told += [f"  {name}: {line}" for line in self._log_file(name)]
        return "\n".join(told)

    def _owner(self, platform: str) -> Any:
        from tasks.tools.ledger.leases import holder  # noqa: PLC0415

        return holder(self.ledger(), platform)

    def _flow_log(self, run: str) -> list[str]:
        from prefect.client.schemas.filters import (  # noqa: PLC0415
            LogFilter,
            LogFilterFlowRunId,
        )
        from prefect.client.schemas.sorting import LogSort  # noqa: PLC0415

        wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[UUID(self.record(run).flow_run)]))
        with self.client() as client:
            logs = client.read_logs(wanted, limit=LAST_LINES, sort=LogSort.TIMESTAMP_DESC)
        return [f"{each.timestamp:%H:%M:%S} {each.message[-500:]}" for each in reversed(logs)]

    def _log_file(self, name: str) -> list[str]:
        path = self.state / "logs" / f"{name}.log"
        return path.read_text(errors="replace").splitlines()[-LAST_LINES:] if path.exists() else []

    def repeated(self, run: str) -> list[str]:
        """List derivations whose body began again after their result was committed."""
        finished: set[str] = set()
        again = []
        for line in self.lines(run):
            if line.event == "committed":
                finished.add(line.key)
            elif line.key in finished:
                again.append(line.step)
        return again

    def client(self) -> Any:
        from prefect.client.orchestration import SyncPrefectClient  # noqa: PLC0415

        stack = self.stack()
        return SyncPrefectClient(stack.api_url, auth_string=stack.auth_string)

    def flow_state(self, run: str) -> Any:
        with self.client() as client:
            return client.read_flow_run(UUID(self.record(run).flow_run)).state

    def state_of(self, run: str) -> str:
        return str(self.flow_state(run).type.value)

    def running(self) -> list[str]:
        """Name the flow runs and task runs that Prefect believes to be running."""
        from prefect.client.schemas.filters import (  # noqa: PLC0415
            FlowRunFilter,
            FlowRunFilterState,
            FlowRunFilterStateType,
            TaskRunFilter,
            TaskRunFilterState,
            TaskRunFilterStateType,
        )
        from prefect.client.schemas.objects import StateType  # noqa: PLC0415

        flow_runs = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING]))
        task_runs = TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.RUNNING]))
        with self.client() as client:
            found = [
                *client.read_flow_runs(flow_run_filter=FlowRunFilter(state=flow_runs)),
                *client.read_task_runs(task_run_filter=TaskRunFilter(state=task_runs)),
            ]
        return [f"{each.name} since {each.start_time}" for each in found]
