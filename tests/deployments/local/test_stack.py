import json
from pathlib import Path

import pytest

from deployments.local.errors import NewerStateError, StackError
from deployments.local.layout import Layout
from deployments.local.stack import STATE_FORMAT, Service, Stack
from tasks.domain.exits import Exit
from tasks.tools.processes import Process

STACK = Stack(
    "http://127.0.0.1:4207/api",
    "cmi:hush",
    "postgresql://postgres@/cmi_ledger?host=/x",
    (Service("server", Process(1, "boot:17"), "http://127.0.0.1:4207/api", "3.8.8"),),
    "digest",
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path, tmp_path / "state")
    layout.prepare()
    return layout


def test_a_record_is_read_as_it_was_written(layout: Layout) -> None:
    STACK.write(layout)

    assert Stack.read(layout) == STACK


def test_the_record_is_for_its_owner_only_and_nothing_else_stays(layout: Layout) -> None:
    STACK.write(layout)
    STACK.write(layout)

    assert layout.record.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in layout.state.iterdir() if path.is_file()] == ["stack.json"]


def test_without_a_record_there_is_no_stack(layout: Layout) -> None:
    assert Stack.read(layout) is None


def test_the_secret_is_not_shown_by_accident() -> None:
    assert "hush" not in repr(STACK)


def test_a_newer_state_is_refused_in_one_sentence_and_left_alone(layout: Layout) -> None:
    text = json.dumps({"format": STATE_FORMAT + 1, "something": "new"})
    layout.record.write_text(text)

    with pytest.raises(NewerStateError, match="newer version.*Update this checkout") as caught:  # noqa: RUF043  # two sentences
        Stack.read(layout)

    assert caught.value.exit is Exit.USAGE
    assert layout.record.read_text() == text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": "x"}'])
def test_a_damaged_record_is_named_with_the_remedy(layout: Layout, text: str) -> None:
    layout.record.write_text(text)

    with pytest.raises(StackError, match="damaged.*cleanup"):  # noqa: RUF043  # two sentences
        Stack.read(layout)


def test_a_recycled_process_number_does_not_count_as_running() -> None:
    assert not STACK.running  # process 1 lives, but was born at another time


def test_a_client_finds_server_secret_results_and_programs(layout: Layout) -> None:
    environment = STACK.environment(layout)

    assert environment["PREFECT_API_URL"] == STACK.api_url
    assert environment["PREFECT_API_AUTH_STRING"] == "cmi:hush"
    assert environment["PREFECT_LOCAL_STORAGE_PATH"] == str(layout.results)
    assert environment["CMI_LEDGER_URL"] == STACK.ledger_url
