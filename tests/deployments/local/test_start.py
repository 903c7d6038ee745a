"""The whole stack: up, repaired, down, again and again."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text

from deployments.local import database, ports, server
from deployments.local.cleanup import clean_up
from deployments.local.layout import Layout
from deployments.local.lock import held
from deployments.local.stack import Stack
from deployments.local.start import ensure_lasting_stack, ensure_stack
from tasks.domain.exits import Exit
from tasks.tools import processes
from tasks.tools.control_plane import ControlPlane
from tasks.tools.ledger.database import Ledger
from tasks.tools.ledger.migrate import refuse_newer
from tasks.tools.ledger.tables import RUNS, SCHEMA

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
CYCLES = int(os.environ.get("CMI_CYCLES", "3"))


def _plane(stack: Stack) -> ControlPlane:
    return ControlPlane(stack.api_url, stack.auth_string)


def _names(stack: Stack, path: str) -> list[str]:
    """List what is registered; deployments of several flows may share a name."""
    entries = _plane(stack).ask(path, {})
    return sorted(f"{entry.get('flow_id', '')} {entry['name']}" for entry in entries)


def test_a_started_stack_answers_and_starting_again_changes_nothing(own_layout: Layout) -> None:
    stack = ensure_stack()
    began = time.monotonic()

    assert ensure_stack() == stack
    assert time.monotonic() - began < 3
    assert stack.running
    assert _plane(stack).answers()
    assert own_layout.record.stat().st_mode & 0o777 == 0o600


def test_a_power_loss_is_repaired_and_nothing_is_registered_twice(
    stack_to_break: Stack, layout_to_break: Layout
) -> None:
    stack = stack_to_break
    registered = [_names(stack, path) for path in ("/deployments/filter", "/automations/filter")]
    for service in stack.services:
        processes.send(service.process, signal.SIGKILL)
    for process in processes.marked(server.MARK, layout_to_break.mark):
        processes.send(process, signal.SIGKILL)
    (layout_to_break.state / "results/half").write_text("torn")

    again = ensure_stack()

    assert again.api_url == stack.api_url
    assert again.running
    assert [
        _names(again, path) for path in ("/deployments/filter", "/automations/filter")
    ] == registered
    assert all(len(names) == len(set(names)) for names in registered)


@pytest.mark.parametrize("name", ["database", "server", "worker"])
def test_a_single_killed_service_comes_back(name: str, stack_to_break: Stack) -> None:
    stack = stack_to_break
    service = stack.service(name)
    assert service is not None
    processes.send(service.process, signal.SIGKILL)
    assert processes.wait_gone(service.process, 10)

    again = ensure_stack()

    assert again.running
    assert _plane(again).answers()
    others = [other for other in stack.services if other.name != name]
    if name != "database":  # a server may be replaced when its database went away
        assert [again.service(other.name) for other in others] == others


def test_a_database_that_was_asked_to_end_and_waits_for_its_guests_is_renewed(
    stack_to_break: Stack,
    layout_to_break: Layout,
) -> None:
    stack = stack_to_break
    service = stack.service("database")
    assert service is not None
    with closing(psycopg.connect(stack.ledger_url)) as guest:
        guest.execute("select 1")  # as long as it stays, the server does not end by itself
        os.kill(service.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while not database.closing(layout_to_break) and time.monotonic() < deadline:
            time.sleep(0.05)

        again = ensure_stack()

    renewed = again.service("database")
    assert renewed is not None
    assert renewed.process != service.process
    with psycopg.connect(again.ledger_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@pytest.mark.parametrize("name", ["server", "worker"])
def test_a_service_that_was_asked_to_end_a_moment_ago_is_replaced_though_it_still_answers(
    name: str, stack_to_break: Stack, layout_to_break: Layout
) -> None:
    service = stack_to_break.service(name)
    assert service is not None
    os.kill(service.process.pid, signal.SIGTERM)

    again = ensure_lasting_stack()

    assert processes.wait_gone(service.process, 30)
    renewed = again.service(name)
    assert renewed is not None
    assert renewed.process != service.process
    assert _services(layout_to_break, name) == [renewed.process]
    assert again.running
    assert _plane(again).answers()


def test_a_stack_that_is_being_stopped_is_not_taken_for_one_that_runs(
    stack_to_break: Stack, layout_to_break: Layout
) -> None:
    ending = subprocess.Popen([sys.executable, "-m", "deployments.local", "cleanup"])
    try:
        deadline = time.monotonic() + 60
        while not held(layout_to_break.lock) and time.monotonic() < deadline:
            time.sleep(0.01)

        again = ensure_stack()
    finally:
        assert ending.wait(120) == Exit.DONE

    assert not {each.process for each in again.services} & {
        each.process for each in stack_to_break.services
    }
    for name in ("server", "worker"):
        service = again.service(name)
        assert service is not None
        assert _services(layout_to_break, name) == [service.process]
    assert again.running
    assert _plane(again).answers()


def test_what_a_killed_starter_did_not_write_down_is_ended_and_its_port_kept(
    stack_to_break: Stack,
    layout_to_break: Layout,
) -> None:
    stack = stack_to_break
    kept = tuple(each for each in stack.services if each.name == "database")
    replace(stack, services=kept).write(layout_to_break)

    again = ensure_stack()

    assert again.api_url == stack.api_url
    assert again.running
    for name in ("server", "worker"):
        stray, service = stack.service(name), again.service(name)
        assert stray is not None
        assert service is not None
        assert not stray.process.alive
        assert _services(layout_to_break, name) == [service.process]


def _services(layout: Layout, name: str) -> list[processes.Process]:
    marked = processes.marked(server.MARK, layout.mark)
    return [p for p in marked if processes.words(p)[2:5] == ("prefect", name, "start")]


def test_a_new_checkout_brings_the_ledger_of_a_running_stack_up_to_date(
    furnished_layout: Layout,
) -> None:
    stack = ensure_stack()
    ledger = Ledger(stack.ledger_url)
    ledger.transact(lambda connection: connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE")))
    replace(stack, registered="of an older checkout").write(furnished_layout)

    again = ensure_stack()

    assert again.services == stack.services
    refuse_newer(ledger)
    assert ledger.transact(lambda connection: connection.execute(select(RUNS)).all()) == []

    raised = text(f"UPDATE {SCHEMA}.alembic_version SET version_num = '9999'")  # noqa: S608  # our own constant
    ledger.transact(lambda connection: connection.execute(raised))
    command = [sys.executable, "-m", "deployments.cli.main", "run", "examples/shop"]
    refused = subprocess.run(
        command, cwd=furnished_layout.checkout, capture_output=True, text=True, check=False
    )

    assert refused.returncode == Exit.USAGE
    assert refused.stderr.startswith("The ledger was written by a newer version (migration 9999).")
    assert refused.stderr.count("\n") == 1
    assert ledger.transact(lambda connection: connection.execute(select(RUNS)).all()) == []


def test_services_start_again_when_their_libraries_were_replaced(
    stack_to_break: Stack, layout_to_break: Layout
) -> None:
    stack = stack_to_break
    replace(stack, libraries="of an older checkout").write(layout_to_break)

    again = ensure_stack()

    assert again.libraries == stack.libraries
    assert {service.name for service in again.services} == {s.name for s in stack.services}
    assert not set(again.services) & set(stack.services)
    assert not any(service.process.alive for service in stack.services)
    assert again.running
    assert again.port == stack.port
    assert ensure_stack().services == again.services


def test_two_at_once_start_one_stack(furnished_layout: Layout) -> None:
    call = "from deployments.local.start import ensure_stack; print(ensure_stack().services)"
    both = [
        subprocess.Popen([sys.executable, "-c", call], cwd=furnished_layout.checkout, stdout=-1)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=300)[0] for process in both]

    assert [process.returncode for process in both] == [0, 0]
    assert answers[0] == answers[1]


def test_a_taken_port_is_passed_over_and_said(furnished_layout: Layout) -> None:
    said: list[str] = []
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 4200))
            other.listen()
        except OSError:
            pass  # somebody else holds it already, which is as good
        stack = ensure_stack(said.append)

    assert stack.port != 4200
    assert any("4200 is taken" in text and str(stack.port) in text for text in said)


def test_the_users_own_postgresql_serves_by_one_setting(
    own_layout: Layout, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMI_DATABASE_URL", ledger_url)

    stack = ensure_stack()

    assert [service.name for service in stack.services] == ["server", "worker"]
    assert _plane(stack).answers()
    assert not own_layout.database.exists()
    assert ensure_stack() == stack


def test_cycles_of_start_and_cleanup_leave_nothing(
    furnished_layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for _ in range(CYCLES):
        stack = ensure_stack()
        port = stack.port
        clean_up()
        assert not any(service.process.alive for service in stack.services)
        assert processes.marked(server.MARK, furnished_layout.mark) == []
        assert not (furnished_layout.socket_folder / ".s.PGSQL.5432").exists()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
    clean_up(everything=True)

    assert not furnished_layout.state.exists()
    assert not furnished_layout.database_home.exists()
    assert list(tmp_path.iterdir()) == []


def test_two_stacks_on_one_machine_do_not_disturb_each_other(
    furnished_layout: Layout, tmp_path: Path
) -> None:
    """Started at once, killed and repaired at once, one removed: the other one never notices."""
    layouts = [furnished_layout, Layout(furnished_layout.checkout, tmp_path / "neighbour")]
    try:
        first, second = _start_all(layouts)
        assert first.port != second.port
        assert first.auth_string != second.auth_string
        assert not _plane(replace(second, auth_string=first.auth_string)).answers()
        pids = [{service.process.pid for service in each.services} for each in (first, second)]
        assert not pids[0] & pids[1]

        for service in first.services:
            processes.send(service.process, signal.SIGKILL)
        (repaired,) = _start_all(layouts[:1])
        assert repaired.running
        assert Stack.read(layouts[1]) == second
        assert second.running

        _call(layouts[0], "from deployments.local.cleanup import clean_up; clean_up()").wait(60)
        assert not repaired.running
        assert second.running
        assert _plane(second).answers()
    finally:
        removal = "from deployments.local.cleanup import clean_up; clean_up(everything=True)"
        for layout in layouts:
            assert _call(layout, removal).wait(60) == 0
    assert not any(layout.database_home.exists() for layout in layouts)


def _start_all(layouts: list[Layout]) -> list[Stack]:
    start = "from deployments.local.start import ensure_stack; ensure_stack()"
    starting = [_call(layout, start) for layout in layouts]
    assert [process.wait(300) for process in starting] == [0] * len(layouts)
    return [stack for layout in layouts if (stack := Stack.read(layout))]


def _call(layout: Layout, code: str) -> "subprocess.Popen[bytes]":
    environment = os.environ | {"CMI_STATE": str(layout.state)}
    return subprocess.Popen([sys.executable, "-c", code], cwd=layout.checkout, env=environment)


def test_a_port_that_is_stolen_at_the_last_moment_costs_another_try(
    furnished_layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = ports.choose
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        stolen = thief.getsockname()[1]
        answers = iter([stolen, stolen])
        monkeypatch.setattr(ports, "choose", lambda former: next(answers, None) or choose(None))

        stack = ensure_stack()

    assert stack.port != stolen
    assert _plane(stack).answers()
