"""A service that was asked to end says so before anything else shows it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.local.farewell import ends
from deployments.local.layout import Layout
from deployments.local.stack import Service
from tasks.tools.command import STARTED
from tasks.tools.processes import find

PATIENT = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: None)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path, tmp_path / "state")
    found.prepare()
    return found


@pytest.fixture
def service() -> Iterator[Service]:
    with subprocess.Popen([sys.executable, "-c", PATIENT], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        process = find(program.pid)
        assert process is not None
        yield Service("worker", process, "work pool local", "3.8.8")
        program.kill()


def _says(layout: Layout, *lines: str) -> None:
    (layout.logs / "worker.log").write_text("\n".join(lines) + "\n")


def test_a_service_without_a_log_goes_on(layout: Layout, service: Service) -> None:
    assert not ends(service, layout)


@pytest.mark.parametrize("gap", [" ", "\n"], ids=["one-line", "broken-by-the-console"])
@pytest.mark.parametrize("before", [0, 100_000], ids=["short-log", "long-log"])
def test_what_it_says_of_the_signal_counts(
    layout: Layout, service: Service, gap: str, before: int
) -> None:
    said = (
        f"Received SIGTERM. Sending SIGINT to the process{gap}worker (PID {service.process.pid})..."
    )
    _says(layout, STARTED, "." * before, said, "Worker stopped!")

    assert ends(service, layout)


def test_what_an_earlier_process_of_its_number_said_does_not_count(
    layout: Layout, service: Service
) -> None:
    said = f"Received SIGTERM. Sending SIGINT to the process worker (PID {service.process.pid})..."
    _says(layout, STARTED, said, STARTED, "Worker started!")

    assert not ends(service, layout)


def test_what_another_process_said_does_not_count(layout: Layout, service: Service) -> None:
    other = service.process.pid + 1
    _says(layout, f"Received SIGTERM. Sending SIGINT to the process worker (PID {other})...")

    assert not ends(service, layout)
