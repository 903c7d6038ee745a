import os
import signal
import stat
from pathlib import Path

import psutil
import psycopg
import pytest

from deployments.local import database
from deployments.local.errors import StackError
from deployments.local.layout import SOCKET_NAME, Layout
from tasks.tools import processes


def _question(layout: Layout) -> object:
    with psycopg.connect(database.url(layout)) as connection:
        row = connection.execute("select count(*) from pg_available_extensions").fetchone()
    return row and row[0]


def test_a_new_database_answers_on_its_socket_only(own_layout: Layout) -> None:
    service = database.start(own_layout)

    assert _question(own_layout)
    listening = [
        connection
        for process in [psutil.Process(service.process.pid)]
        for connection in process.net_connections(kind="inet")
    ]
    assert listening == []
    assert stat.S_IMODE(own_layout.database.stat().st_mode) == 0o700
    assert psutil.Process(service.process.pid).uids().effective != 0


def test_starting_again_finds_the_running_one(own_layout: Layout) -> None:
    assert database.start(own_layout) == database.start(own_layout)


def _children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def test_after_a_power_loss_it_starts_with_what_was_committed(own_layout: Layout) -> None:
    service = database.start(own_layout)
    with psycopg.connect(database.url(own_layout), autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        connection.execute("insert into kept values (42)")
    for process in [psutil.Process(service.process.pid), *_children(service.process.pid)]:
        process.kill()
    processes.wait_gone(service.process, 10)
    assert (own_layout.database / "postmaster.pid").exists()

    assert database.start(own_layout).process != service.process

    with psycopg.connect(database.url(own_layout)) as connection:
        assert connection.execute("select n from kept").fetchone() == (42,)


def test_children_of_a_killed_server_do_not_block_the_next_one(own_layout: Layout) -> None:
    service = database.start(own_layout)
    child = _children(service.process.pid)[0]
    child.suspend()  # it cannot notice that its parent is gone
    os.kill(service.process.pid, signal.SIGKILL)
    processes.wait_gone(service.process, 10)

    database.start(own_layout)

    assert _question(own_layout)
    assert processes.find(child.pid) is None


def test_a_half_made_database_is_made_again(own_layout: Layout) -> None:
    half = own_layout.database_home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    own_layout.database.mkdir()
    (own_layout.database / "base").mkdir()

    database.start(own_layout)

    assert _question(own_layout)
    assert not half.exists()


def test_a_stale_note_about_a_strangers_process_is_no_obstacle(own_layout: Layout) -> None:
    service = database.start(own_layout)
    note = own_layout.database / "postmaster.pid"
    lines = note.read_text().splitlines()
    processes.stop(service.process, 10, signal.SIGINT)
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    database.start(own_layout)

    assert _question(own_layout)


def test_stopping_leaves_neither_process_nor_socket(own_layout: Layout) -> None:
    service = database.start(own_layout)
    children = _children(service.process.pid)

    database.stop(own_layout)

    assert not [child for child in children if processes.find(child.pid)]
    assert not (own_layout.socket_folder / SOCKET_NAME).exists()
    assert not service.process.alive


@pytest.mark.skipif(os.geteuid() == 0, reason="under root the database has a short folder anyway")
def test_a_long_path_gets_a_short_socket_folder(own_layout: Layout, tmp_path: Path) -> None:
    deep = Layout(own_layout.checkout, own_layout.state / ("d" * 120))
    deep.prepare()

    database.start(deep)
    try:
        assert _question(deep)
        assert deep.socket_folder != deep.database
    finally:
        database.stop(deep)
    assert not deep.socket_folder.exists()


def test_a_failure_shows_what_the_server_says(own_layout: Layout) -> None:
    database.start(own_layout)
    database.stop(own_layout)
    (own_layout.database / "postgresql.conf").write_text("no such setting\n")

    with pytest.raises(StackError, match="syntax error"):
        database.start(own_layout)
