from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import HealthServicer
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server

from tasks.domain.verification.functional import Question
from tasks.tools.live import asking, protocols
from tasks.tools.live.inside import within

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.engine import Engine

NOBODY: Any = None
# Says what it was called with, and is a server that follows another or one that leads.
PSQL = """#!/bin/sh
case "$*" in
*recovery*) echo "$STANDBY" ;;
*create*) [ "$STANDBY" = f ] && [ "$PGPASSWORD $PGUSER $PGDATABASE" = "$WANTED" ] ;;
esac
"""


def test_a_service_that_does_not_run_fails_its_probes() -> None:
    answer = asking.ask(NOBODY, {}, Question("q", "gone", "tcp", 80))

    assert (answer.passed, answer.detail) == (False, "it does not run")


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({"POSTGRES_PASSWORD": "p w"}, "p w postgres postgres"),
        ({"POSTGRES_PASSWORD_FILE": "{file}", "POSTGRES_USER": "u"}, "in a file u u"),
        ({"POSTGRES_PASSWORD": "p", "POSTGRES_USER": "u", "POSTGRES_DB": "d"}, "p u d"),
        ({"POSTGRES_PASSWORD": "p", "POSTGRES_DB_FILE": "{file}"}, "p postgres in a file"),
    ],
    ids=str,
)
def test_postgres_is_asked_as_whom_its_settings_name(
    settings: dict[str, str], wanted: str, tmp_path: Path
) -> None:
    (tmp_path / "value").write_text("in a file\n")
    told = {key: value.format(file=tmp_path / "value") for key, value in settings.items()}

    assert _asked(tmp_path, STANDBY="f", WANTED=wanted, **told) == 0
    assert _asked(tmp_path, STANDBY="f", WANTED="another", **told) != 0


def test_a_server_that_follows_another_is_not_written_to(tmp_path: Path) -> None:
    assert _asked(tmp_path, STANDBY="t") == 0
    assert _asked(tmp_path, STANDBY="") != 0  # nobody answered


def _asked(folder: Path, **settings: str) -> int:
    program = folder / "psql"
    program.write_text(PSQL)
    program.chmod(0o755)
    env = {"PATH": f"{folder}:/usr/bin:/bin", **settings}
    return subprocess.run(["/bin/sh", "-c", asking.POSTGRES], env=env, check=False).returncode


@pytest.mark.engine
def test_a_check_is_run_by_us_whatever_the_engine_believes(engine: Engine, tiny: str) -> None:
    made = engine.client.create_container(tiny, ["sleep", "60"])["Id"]
    question = Question("q", "web", "health")
    try:
        engine.client.start(made)
        pid = engine.client.inspect_container(made)["State"]["Pid"]

        def passed(*test: str) -> bool:
            there = {"web": asking.Asked(made, pid, test)}
            return asking.ask(engine, there, question).passed

        assert passed("CMD", "ls", "/bin/busybox")
        assert passed("CMD-SHELL", "ls /bin | grep -q busybox")
        assert not passed("CMD-SHELL", "exit 1")
        assert not passed("CMD", "no-such-program")
        assert not passed("NONE")
    finally:
        engine.client.remove_container(made, force=True, v=True)


@pytest.mark.engine
def test_grpc_is_asked_inside_the_network_of_the_container(engine: Engine, tiny: str) -> None:
    made = engine.client.create_container(tiny, ["sleep", "60"])["Id"]
    servicer = HealthServicer()
    servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    serving = grpc.server(ThreadPoolExecutor(2))
    add_HealthServicer_to_server(servicer, serving)
    try:
        engine.client.start(made)
        pid = engine.client.inspect_container(made)["State"]["Pid"]
        port = within(pid, made, lambda: serving.add_insecure_port("127.0.0.1:0"))
        serving.start()
        question = Question("q", "web", "grpc-health", port)
        answer = asking.ask(engine, {"web": asking.Asked(made, pid)}, question)

        assert (answer.passed, answer.detail) == (True, "SERVING")
        with pytest.raises(OSError, match="refused"):
            protocols.SPOKEN["grpc-health"](question)  # nobody listens in our own
    finally:
        serving.stop(None).wait()
        engine.client.remove_container(made, force=True, v=True)
