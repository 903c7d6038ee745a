from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.verification.acceptance.judging import MOST_BYTES
from tasks.domain.verification.acceptance.scenarios import Kind, Scenario, Step
from tasks.tools.live.acting import act, execute

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

NOTHING = Scenario("s", "s.yaml", 1, (), (), ())
# An engine on which nothing of the copy is left.
BARE: Any = type("Client", (), {"containers": lambda self, **_: []})()
STANDING: Any = type(
    "Standing",
    (),
    {"engine": type("Engine", (), {"client": BARE})(), "key": "copy", "asked": (), "ports": {}},
)()


@pytest.mark.parametrize(
    "step",
    [
        Step(Kind.REQUEST, 1, "gone"),
        Step(Kind.RUN, 1, "gone", command=("true",)),
        Step(Kind.RESTART, 1, "gone"),
        Step(Kind.STANDS, 1, "gone", seconds=0.0),
    ],
    ids=lambda step: str(step.kind),
)
def test_a_service_that_is_gone_does_not_run(step: Step) -> None:
    found = act(STANDING, step, NOTHING)

    assert (found.done, found.reason) == (False, "it does not run")


def test_a_fault_of_ours_is_not_said_to_be_a_service_that_does_not_run() -> None:
    running = [{"State": "running", "Id": "1"}]
    methods = {"containers": lambda _, **__: running, "inspect_container": lambda *_: {}}
    odd: Any = type("Client", (), methods)()
    engine = type("Engine", (), {"client": odd})()
    standing: Any = type("Standing", (), {"engine": engine, "key": "copy"})()

    found = act(standing, Step(Kind.RUN, 1, "gone", command=("true",)), NOTHING)

    assert (found.done, found.reason) == (False, "KeyError")


def test_a_wait_takes_its_time() -> None:
    assert act(STANDING, Step(Kind.WAIT, 1, seconds=0.01), NOTHING).done


@pytest.mark.engine
def test_a_command_is_bounded_in_time_and_bytes(engine: Engine, tiny: str) -> None:
    made = engine.client.create_container(tiny, ["sleep", "60"])["Id"]
    try:
        engine.client.start(made)

        def ran(line: str, seconds: float = 5.0) -> tuple[int | None, bytes]:
            return execute(engine, made, ["/bin/sh", "-c", line], seconds)

        assert ran("ls /bin/busybox") == (0, b"/bin/busybox\n")
        assert ran("exit 3") == (3, b"")
        assert ran("sleep 50", 0.3) == (None, b"")
        code, flood = ran("cat /bin/busybox")
        assert (code, len(flood)) == (0, MOST_BYTES + 1)
    finally:
        engine.client.remove_container(made, force=True, v=True)
