from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tasks.tools.live.usage import busy, usage

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready


def engine_with(*stats: dict[str, Any]) -> Any:
    """An engine with a running container for each of ``stats``, and one that has ended."""
    listed = [{"Id": str(n), "State": "running"} for n in range(len(stats))]

    class Client:
        def containers(self, **_: Any) -> list[dict[str, Any]]:
            return [*listed, {"Id": "ended", "State": "exited"}]

        def stats(self, key: str, **_: Any) -> dict[str, Any]:
            return stats[int(key)]

    return type("E", (), {"client": Client()})()


def of(used: int, name: str, spare: int, seconds: float) -> dict[str, Any]:
    return {
        "memory_stats": {"usage": used, "stats": {name: spare}},
        "cpu_stats": {"cpu_usage": {"total_usage": int(seconds * 1e9)}},
    }


def test_all_running_containers_count_without_what_the_kernel_gives_back() -> None:
    engine = engine_with(
        of(100, "total_inactive_file", 30, 1.5), of(50, "inactive_file", 10, 0.25), {}
    )

    took = usage(engine, "copy")

    assert (took.memory, took.cpu) == (110.0, 1.75)


def test_the_machine_s_work_is_what_its_processors_did_and_waiting_is_none(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text("cpu  100 50 25 9999 8888 5 5 15 77 77\ncpu0 1 1 1 1\n")

    assert busy(stat).seconds * 100 == pytest.approx(200)  # a hundred ticks a second


def test_working_makes_this_machine_busy() -> None:
    before, end = busy(), time.process_time() + 0.3
    while time.process_time() < end:
        pass

    assert busy().seconds - before.seconds > 0.2
    assert busy().load > 0


@pytest.mark.engine
def test_a_real_container_takes_memory_and_time(engine: Engine, ready: Ready) -> None:
    made = engine.client.create_container(
        ready.copy.definition["services"]["store"]["image"],
        ["sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; sleep 60"],
        labels={"io.cmi.copy": ready.copy.project},
    )
    engine.client.start(made["Id"])
    time.sleep(1.5)

    took = usage(engine, ready.copy.project)

    assert took.memory > 10_000
    assert took.cpu > 0.05
