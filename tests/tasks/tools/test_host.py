import os
import shutil
import socket
from pathlib import Path

import psutil

from tasks.tools.host import connects, disk, memory, port_holder, resolves, size


def test_memory_is_what_the_kernel_says() -> None:
    amount = memory(limits=())

    assert amount.total == psutil.virtual_memory().total
    assert 0 < amount.free <= amount.total


def test_a_containers_limit_counts_inside_it(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("1000000\n")
    assert memory(limits=(limit,)).total == 1_000_000

    limit.write_text("max\n")
    assert memory(limits=(limit,)).total == psutil.virtual_memory().total


def test_disk_is_asked_where_a_folder_will_be(tmp_path: Path) -> None:
    assert disk(tmp_path / "not/yet/there").total == shutil.disk_usage(tmp_path).total


def test_size_is_what_files_take(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/file").write_bytes(os.urandom(100_000))

    assert 100_000 <= size(tmp_path) < 120_000


def test_the_holder_of_a_port_is_named() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]

        assert f"process {os.getpid()}" in (port_holder(port) or "")
        assert connects("127.0.0.1", port)
    assert port_holder(port) is None
    assert not connects("127.0.0.1", port)


def test_names_resolve_or_not() -> None:
    assert resolves("localhost")
    assert not resolves("no-such-name.invalid")
