"""What a RUN installs, and what it leaves behind."""

import pytest

from tasks.domain.platform.dockerfile_packages import installs, packages_of
from tasks.domain.platform.dockerfile_syntax import Instruction
from tasks.domain.platform.shell import commands


def _told(rest: str) -> list[tuple[str, str]]:
    instruction = Instruction("RUN", rest, 1)
    return list(packages_of(instruction, commands(instruction)))


@pytest.mark.parametrize(
    ("rest", "manager"),
    [
        ("pip install a", "pip"),
        ("pip3 install -r all.txt && rm /tmp/all.txt", "pip3"),
        ("dnf install -y a", "dnf"),
        ("yum install -y a && rm -rf /tmp/x", "yum"),
    ],
)
def test_archives_that_stay_are_told(rest: str, manager: str) -> None:
    assert ("cache-kept", manager) in _told(rest)


@pytest.mark.parametrize(
    "rest",
    [
        "pip install --no-cache-dir a",
        "pip install a && rm -rf ~/.cache",
        "pip install a && pip cache purge",
        "--mount=type=cache,target=/var/cache/pip pip install a",
        "dnf install -y a && dnf clean all",
        "yum install -y a && rm -rf /var/cache/yum",
        "apt-get install -y a",
        "pip install .",
    ],
)
def test_archives_that_go_are_not(rest: str) -> None:
    assert "cache-kept" not in [kind for kind, _ in _told(rest)]


@pytest.mark.parametrize(
    ("rest", "fetches"),
    [("npm ci", True), ("pip install -e .", False), ("apk add a", True), ("make install", False)],
)
def test_a_program_fetches_packages_or_does_not(rest: str, *, fetches: bool) -> None:
    (command,) = commands(Instruction("RUN", rest, 1))

    assert installs(command) is fetches


@pytest.mark.parametrize(
    ("rest", "stores"),
    [
        ("apt-get install -y mariadb-server curl", ["mariadb"]),
        ("apt-get install -y default-mysql-server", ["mysql"]),
        ("apt-get install -y postgresql-15 gosu", ["postgresql"]),
        ("apk add postgresql16=16.1-r0", ["postgresql"]),
        ("apt-get install -y rabbitmq-server=3.10.8-1.1 couchdb", ["rabbitmq", "couchdb"]),
        ("apt-get install -y postgresql-client-15 mariadb-client redis-server", []),
        ("apt-get remove rabbitmq-server", []),
    ],
)
def test_servers_that_keep_data_are_told_and_their_clients_are_not(
    rest: str, stores: list[str]
) -> None:
    assert [detail for kind, detail in _told(rest) if kind == "store"] == stores
