"""The place of the kills: a stack of its own, its platform, and what is counted from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psutil
import psycopg

from tests.kills.ambush import Ambush
from tests.kills.nursery import Child, Nursery
from tests.stack.rig import CHECKOUT, Platforms, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kills.record import Record

# Files of results are named by a step's name, or a cell's, and a digest.
_RESULT = re.compile(r"^[\w-]+-[0-9a-f]{64}$")
PATIENCE_SECONDS = 240.0


@dataclass
class Site:
    """One stack under fire."""

    state: Path
    work: Path
    programme: str = "whole"  # or "quick", which leaves each change's own round trip out
    shop: Path = field(init=False)
    stack: Platforms = field(init=False)
    _nursery: Nursery | None = None
    _nurseries: set[int] = field(default_factory=set)
    _ambush: Ambush | None = None

    def __post_init__(self) -> None:
        self.stack = Platforms(self.state)
        self.shop = self.work / "shop"
        self.temporary = self.work / "tmp"
        for folder in (self.work, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)
        if not self.shop.exists():
            shutil.copytree(CHECKOUT / "examples/shop", self.shop)

    def environment(self) -> dict[str, str]:
        """What a user's shell has, with a folder of its own for what is temporary."""
        hidden = ("PREFECT_", "CMI_")
        own = {"CMI_STATE": str(self.state), "TMPDIR": str(self.temporary)}
        return {k: v for k, v in os.environ.items() if not k.startswith(hidden)} | own

    def start(self) -> None:
        """Start or repair the stack as the product does, and lie in wait in its ledger."""
        os.environ["CMI_STATE"] = str(self.state)
        from deployments.local.start import ensure_stack  # noqa: PLC0415  # reads CMI_STATE when it acts

        ensure_stack(lambda _: None)
        self.renew()

    def wait_closed(self, victim: str) -> None:
        """Wait until a server that was asked to end has ended: until then it answers as ever."""
        if victim == "server":
            process = self.stack.stack().service(victim).process
            wait_until("the server ends", lambda: not process.alive, PATIENCE_SECONDS)

    def wait_repaired(self) -> None:
        """Wait until whoever follows a run has repaired the stack."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):  # what was killed may still look alive
                if self.stack.stack().running:
                    self.renew()
                    return
            time.sleep(0.1)
        raise TimeoutError("nobody repaired the stack")

    def renew(self) -> None:
        """After a repair: the services may have other addresses."""
        if self._ambush is None:
            self._ambush = Ambush(self.stack.stack().ledger_url)
        self._ambush.reconnect()
        self._ambush.install()

    @property
    def ambush(self) -> Ambush:
        """The traps in the ledger."""
        assert self._ambush is not None
        return self._ambush

    def command(self, *words: str) -> Child:
        """Start `cmi`, forked from a process that has loaded it."""
        if self._nursery is None:
            environment = self.environment() | self.stack.stack().environment()
            quiet = {"PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"}
            self._nursery = Nursery(self.work / "said", environment | quiet)
            self._nurseries.add(self._nursery.pid)
        return self._nursery.start(*words)

    def run(self, *more: str) -> Child:
        """`cmi run` in the foreground, over our platform, without former results."""
        return self.command(*self.words(), *more)

    def words(self) -> list[str]:
        """Say what a user types to begin, and to go on."""
        quick = ["--quick"] if self.programme == "quick" else []
        return ["run", str(self.shop), "--recompute", "--json", *quick]

    def forget_nursery(self) -> None:
        """The stack may have moved: who is born from now on shall know."""
        if self._nursery is not None:
            self._nursery.close()
            self._nursery = None

    def spawn(self, environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
        """Start `cmi` the plain way."""
        return subprocess.Popen(
            [sys.executable, "-m", "deployments.cli.main", *words],
            cwd=CHECKOUT,
            env=self.environment() | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def newest(self) -> str:
        """Return the id of the newest run."""
        found = self.stack.newest(self.shop)
        return str(found.id) if found else ""

    def results(self, since: float) -> dict[str, int]:
        """Return what is stored whole since then, and when each was written."""
        found = {}
        for path in (self.state / "results").iterdir():
            with suppress(OSError, ValueError):
                status = path.stat()
                if _RESULT.match(path.name) and status.st_mtime >= since:
                    json.loads(path.read_bytes())
                    found[path.name] = status.st_mtime_ns
        return found

    def bundle(self, run: str) -> Path:
        """Where a run's bundle goes."""
        return self.state / "bundles" / run

    def orphans(self) -> list[str]:
        """List processes of this stack that nobody should have left: all but its services."""
        spared = {os.getpid(), *self._nurseries}
        services = [service.process.pid for service in self.stack.stack().services]
        for pid in services:
            spared.add(pid)
            with suppress(psutil.NoSuchProcess):
                spared |= {each.pid for each in psutil.Process(pid).children(recursive=True)}
        found = []
        for process in psutil.process_iter(["environ", "status", "cmdline"]):
            ours = (process.info["environ"] or {}).get("CMI_STATE", "") == str(self.state)
            if ours and process.pid not in spared and process.info["status"] != "zombie":
                found.append(" ".join(process.info["cmdline"] or [])[:100])
        return found

    def folders(self) -> list[str]:
        """List what is temporary; a scratch folder is the sweep's after a minute."""
        unfinished = [p.name for p in (self.state / "bundles").glob(".*cmi-unfinished-*")]
        places = (self.temporary, self.state / "tmp")
        return unfinished + [p.name for place in places for p in place.glob("cmi-*")]

    def leases(self) -> int:
        """Count the platforms whose lock somebody holds."""
        row = self.ambush._watch.execute(  # noqa: SLF001  # the harness's own connection
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
        ).fetchone()
        return int(row[0]) if row else 0

    def sweep(self) -> None:
        """Let the product's sweep run once, through its worker, to the end."""
        with self.stack.client() as client:
            deployment = client.read_deployment_by_name("sweep/local")
            sent = client.create_flow_run_from_deployment(deployment.id)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < deadline:
                state = client.read_flow_run(sent.id).state
                if state is not None and state.is_final():
                    return
                time.sleep(0.3)
        raise TimeoutError("the sweep did not end")

    def summaries(self, flow_run: str) -> int:
        """Count the summaries that a flow run shows in Prefect."""
        from prefect.client.schemas.filters import (  # noqa: PLC0415
            ArtifactFilter,
            ArtifactFilterFlowRunId,
            ArtifactFilterKey,
        )

        wanted: Any = ArtifactFilter(
            flow_run_id=ArtifactFilterFlowRunId(any_=[UUID(flow_run)]),
            key=ArtifactFilterKey(any_=["summary"]),
        )
        with self.stack.client() as client:
            return len(client.read_artifacts(artifact_filter=wanted))

    def leave(self) -> None:
        """Take our triggers out of the ledger; the stack stays."""
        self.forget_nursery()
        if self._ambush is not None:
            self._ambush.close()

    def close(self) -> None:
        """Stop and remove everything."""
        self.leave()
        os.environ["CMI_STATE"] = str(self.state)
        from deployments.local.cleanup import clean_up  # noqa: PLC0415  # reads CMI_STATE when it acts

        clean_up(everything=True)
        shutil.rmtree(self.work, ignore_errors=True)


def answer(child: Child, seconds: float = PATIENCE_SECONDS) -> tuple[int, dict[str, Any], str]:
    """Wait for a command's end: its code, its document, what it said."""
    deadline = time.monotonic() + seconds
    while child.alive():
        if time.monotonic() > deadline:
            raise TimeoutError(f"a command did not end:\n{child.err.read_text()}")
        time.sleep(0.02)
    code = child.code
    assert code is not None
    text = child.out.read_text()
    return code, json.loads(text) if text.strip() else {}, child.err.read_text()


_YOUNG_SECONDS = 120.0


def settle(site: Site, record: Record) -> None:
    """Sweep twice: after the first nothing may be left, and the second finds nothing to do.

    A run that was struck within its first minute, before it owned anything, is spared while it
    is young: the sweep of the schedule takes it later, and so does one more here.
    """
    site.sweep()
    site.sweep()
    deadline = time.monotonic() + _YOUNG_SECONDS
    while (left := site.stack.running()) and time.monotonic() < deadline:
        time.sleep(10)
        site.sweep()
    record.add(
        "swept",
        running=len(left),
        named=left,
        folders=site.folders(),
        orphans=site.orphans(),
        leases=site.leases(),
    )
