from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.verification.copies import copy_of
from tasks.tools.live import objects
from tasks.tools.live.files import place
from tasks.tools.live.stack import Up, bring_up

if TYPE_CHECKING:
    from tasks.tools.engine import Engine
    from tasks.tools.live.copying import Ready

pytestmark = pytest.mark.engine


def brought_up(engine: Engine, ready: Ready, seconds: int = 60, **services: Any) -> Up:
    """Bring the platform up with some fields of its services changed."""
    model = {**ready.model["services"]}
    for name, fields in services.items():
        model[name] = {**model[name], **fields}
    copy = copy_of({**ready.model, "services": model}, ready.request)
    asked = replace(ready, copy=copy)
    place(copy, ready.request)
    try:
        return bring_up(engine, copy, asked.ports(engine), limit=timedelta(seconds=seconds))
    finally:
        objects.remove(engine, copy.project)


def test_a_service_that_ends_is_named_with_its_exit_code(engine: Engine, ready: Ready) -> None:
    up = brought_up(engine, ready, web={"command": ["sh", "-c", "exit 3"]})

    assert up.failed == {"web": "it ended with exit code 3"}


def test_who_waits_for_a_service_that_never_comes_is_told_why(engine: Engine, ready: Ready) -> None:
    up = brought_up(engine, ready, store={"command": ["sh", "-c", "exit 3"]})

    assert up.failed["store"] == "it ended with exit code 3"
    assert "store" in up.failed["web"]


def test_a_service_that_never_gets_healthy_does_not_hold_us_for_ever(
    engine: Engine, ready: Ready
) -> None:
    up = brought_up(engine, ready, seconds=8, store={"command": ["sleep", "600"]})

    assert set(up.failed) == {"store", "web"}
    assert up.start.total < 20


def test_a_crash_loop_ends(engine: Engine, ready: Ready) -> None:
    up = brought_up(engine, ready, web={"command": ["sh", "-c", "exit 4"], "restart": "always"})

    assert up.failed == {"web": "it ended with exit code 4"}
    assert up.start.total < 50
