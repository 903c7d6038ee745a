from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from deployments.cli.output import EMITTED, coloured, emit_json, say, write
from tasks.domain.streaming import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def nothing_said_yet() -> Iterator[None]:
    token = EMITTED.set(False)
    yield
    EMITTED.reset(token)


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


def test_a_terminal_without_unicode_loses_nothing_of_a_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))

    emit_json({"a": "找到"})

    assert json.loads(raw.getvalue().decode("ascii")) == {"a": "找到"}


@pytest.mark.parametrize("count", [0, 1, 1000, 1001, 2500])
def test_a_document_means_the_same_however_long_its_lists_are(
    count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [{"id": number, "text": 'a "quoted"\nline \u2028 找'} for number in range(count)]
    document = {"version": "1", "findings": items, "deep": {"rows": tuple(items), "none": {}}}

    emit_json(document)

    said = capsys.readouterr().out
    assert json.loads(said) == json.loads(json.dumps(document))
    assert said.startswith('{\n  "version": "1",\n')
    assert said.endswith("\n}\n")


@pytest.mark.parametrize("count", [3, 1500])
def test_items_that_are_made_when_they_are_written_read_like_others(
    count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    emit_json({"rows": Rows(range(count), lambda n: {"n": n})})
    lazily = capsys.readouterr().out
    emit_json({"rows": [{"n": n} for n in range(count)]})

    assert lazily == capsys.readouterr().out


def test_an_interrupt_waits_until_the_document_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    # What started the tests in the background may have told them to ignore Ctrl-C.
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    reading, writing = os.pipe()
    monkeypatch.setattr("sys.stdout", os.fdopen(writing, "w", encoding="utf-8"))
    document = {"a": ["x" * 100] * 20_000}  # more than any pipe holds
    got: list[bytes] = []

    def read_late() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        with os.fdopen(reading, "rb") as pipe:
            got.append(pipe.read())

    thread = threading.Thread(target=read_late)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            emit_json(document)
    finally:
        signal.signal(signal.SIGINT, former)
    os.close(writing)
    thread.join(10)

    assert json.loads(got[0]) == document
    assert EMITTED.get()
