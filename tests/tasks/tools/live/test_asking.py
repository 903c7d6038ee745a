from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.verification.functional import Question
from tasks.tools.live import asking

if TYPE_CHECKING:
    from tasks.tools.engine import Engine

NOBODY: Any = None


def test_a_service_that_does_not_run_fails_its_probes() -> None:
    answer = asking.ask(NOBODY, {}, Question("q", "gone", "tcp", 80))

    assert (answer.passed, answer.detail) == (False, "it does not run")


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
