from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

from deployments.cli.output import coloured, emit_json, say, write

if TYPE_CHECKING:
    import pytest


def test_the_result_goes_to_standard_output_and_the_rest_to_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("working")
    emit_json({"a": (1, 2)})

    said = capsys.readouterr()
    assert json.loads(said.out) == {"a": [1, 2]}
    assert said.err == "working\n"


def test_a_terminal_without_unicode_gets_a_readable_answer() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")

    write("找到 3\n", stream)

    assert raw.getvalue() == b"?? 3\n"


def test_a_pipe_gets_no_colours() -> None:
    assert coloured(io.StringIO()) is False
