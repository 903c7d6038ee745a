"""Many programmes over as many platforms on one server, which is killed in the middle.

    .venv/bin/python -m tests.benchmarks.many [--programmes 20] [--calm]

Starts a stack of its own, submits all at once, kills Prefect's server when a third is done (not
with --calm), and counts from outside: runs that finished, steps done twice, refusals of the
server, memory and database per programme. Prints a table in Markdown; minutes, so no test.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg

from tests.benchmarks.steps import a_stack, head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.rig import Platforms

COMPOSE = """\
services:
  web:
    image: nginx:1.{number}
    ports: ["{port}:80"]
    depends_on: [db]
  db:
    image: postgres:9.6
    privileged: true
"""
_MIB = 1024 * 1024
_LOOK_SECONDS = 1.0
_MOST_SECONDS = 3600


@dataclass
class Peak:
    """The most that was seen at once."""

    server: float = 0.0
    flows: int = 0
    each: float = 0.0


def platforms(folder: Path, number: int) -> list[Path]:
    """Write platforms that differ, so that none is served another's results."""
    found = []
    for each in range(number):
        place = folder / f"platform-{each}"
        place.mkdir(parents=True)
        (place / "compose.yaml").write_text(COMPOSE.format(number=each, port=8000 + each))
        found.append(place)
    return found


def submitted(places: list[Path]) -> list[str]:
    """Hand a run over each to the worker, as `cmi run` does; return their ids."""
    from deployments.cli.submitting import submit, write_down  # noqa: PLC0415  # Prefect takes a second
    from tasks.ownership import Request, identify  # noqa: PLC0415
    from tasks.tools.ledger.database import Ledger  # noqa: PLC0415

    ledger, found = Ledger.here(), []
    for place in places:
        identity = identify(str(place), "")
        request = Request(identity.source, identity.entry, recompute=True)
        found.append(submit(ledger, write_down(ledger, identity, request)).id)
    return found


def sizes(url: str) -> dict[str, int]:
    """Tell how large the databases are, in bytes."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT datname, pg_database_size(datname) FROM pg_database"
            " WHERE datname IN ('prefect', 'cmi_ledger')"
        )
        return {str(name): int(size) for name, size in rows}


def look(stack: Platforms, peak: Peak) -> None:
    """See how much memory server and runs take now."""
    with suppress(psutil.Error):
        server = psutil.Process(stack.pid("server")).memory_info().rss / _MIB
        peak.server = max(peak.server, server)
    flows = []
    for process in psutil.process_iter(["environ", "memory_info"]):
        environ = process.info["environ"] or {}
        if environ.get("CMI_STATE") == str(stack.state) and "PREFECT__FLOW_RUN_ID" in environ:
            flows.append(process.info["memory_info"].rss / _MIB)
    peak.flows = max(peak.flows, len(flows))
    peak.each = max([peak.each, *flows])


def killed(stack: Platforms) -> float:
    """Kill the server and start it again; say how long it was away."""
    from deployments.local.start import ensure_stack  # noqa: PLC0415  # reads CMI_STATE when it acts

    begun = time.monotonic()
    os.kill(stack.pid("server"), signal.SIGKILL)
    ensure_stack(lambda _: None)
    return time.monotonic() - begun


def finished(stack: Platforms, runs: list[str]) -> list[str]:
    """List the runs that have an outcome."""
    return [run for run in runs if stack.record(run).state == "finished"]


def measured(stack: Platforms, number: int, *, calm: bool) -> Iterator[str]:
    """Run all, and count."""
    peak, away, begun = Peak(), 0.0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cmi-many-") as folder:
        places = platforms(Path(folder), number)
        before, at_first = sizes(stack.stack().ledger_url), Peak()
        look(stack, at_first)
        runs = submitted(places)
        while len(done := finished(stack, runs)) < number:
            look(stack, peak)
            if not calm and not away and len(done) >= number / 3:
                away = killed(stack)
            if time.monotonic() - begun > _MOST_SECONDS:
                break
            time.sleep(_LOOK_SECONDS)
        whole = time.monotonic() - begun
        after = sizes(stack.stack().ledger_url)
        rows: dict[str, Any] = {
            "programmes that finished": f"{len(done)} of {number}",
            "steps done twice": sum(len(stack.repeated(run)) for run in runs),
            "answers 503 in the server's log": _refusals(stack),
            "the server was away, s": f"{away:.0f}",
            "from the first submission to the last outcome, s": f"{whole:.0f}",
            "most runs at once": peak.flows,
            "server, MiB before and at most": f"{at_first.server:.0f}, {peak.server:.0f}",
            "a run's process, MiB at most": f"{peak.each:.0f}",
        }
        for name, size in after.items():
            grown = (size - before[name]) / _MIB / number
            rows[f"database `{name}`, MiB for each programme"] = f"{grown:.2f}"
    yield "| counted | |"
    yield "|---|---|"
    for name, value in rows.items():
        yield f"| {name} | {value} |"


def _refusals(stack: Platforms) -> int:
    log = stack.state / "logs/server.log"
    return sum(" 503" in line for line in log.read_text(errors="replace").splitlines())


def main() -> None:
    """Print the table."""
    reader = argparse.ArgumentParser(prog="python -m tests.benchmarks.many")
    reader.add_argument("--programmes", type=int, default=20)
    reader.add_argument("--calm", action="store_true")
    asked = reader.parse_args()
    sys.stdout.write(head())
    with a_stack() as environment:
        os.environ.update(environment)
        from tests.stack.rig import Platforms  # noqa: PLC0415  # its stack is this one

        stack = Platforms(Path(environment["CMI_STATE"]))
        for line in measured(stack, asked.programmes, calm=asked.calm):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
