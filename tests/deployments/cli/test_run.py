"""`cmi run` may start a stack again that broke, never one that somebody stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deployments.cli.run import stopped_on_purpose
from deployments.local.layout import Layout
from deployments.local.stack import Service, Stack
from tasks.tools.processes import Process

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DEAD = Service("server", Process(1, "never"), "http://127.0.0.1:1/api", "1")


def test_a_stack_whose_parts_died_is_started_again_and_one_that_was_cleaned_up_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMI_STATE", str(tmp_path))
    stack = Stack("http://127.0.0.1:1/api", "cmi:hush", "", (DEAD,))

    assert stopped_on_purpose()  # there is none at all
    stack.write(Layout.find())
    assert not stopped_on_purpose()
    replace(stack, services=()).write(Layout.find())
    assert stopped_on_purpose()
