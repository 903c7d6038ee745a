from __future__ import annotations

import os
from typing import Any

import pytest

from tasks.tools.live import base


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM base.local/debian:12\nRUN x\n", True),
        ("FROM base.local/debian\n", True),
        ("# syntax\nFROM base.local/debian:latest\n", True),
        ("FROM debian:12\n", False),
        ("FROM base.local/debian:99\n", False),
        ("RUN echo FROM base.local/debian:12\n", False),
    ],
)
def test_only_who_builds_on_it_needs_the_base(text: str, found: bool) -> None:
    assert base.wanted([text]) is found


def test_who_is_not_root_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    empty: Any = type("E", (), {"client": type("C", (), {"images": lambda self, name: []})()})()

    with pytest.raises(base.NoBaseError, match="mmdebstrap"):
        base.ensure(empty)


def test_what_is_there_is_not_made_again() -> None:
    asked: list[str] = []

    class Client:
        """An engine that has every image; it can be asked for them, and for nothing else."""

        def images(self, name: str) -> list[str]:
            asked.append(name)
            return [name]

    full: Any = type("E", (), {"client": Client()})()

    base.ensure(full)

    assert asked == ["base.local/debian:12", "base.local/debian:latest"]
