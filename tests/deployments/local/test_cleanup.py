import subprocess

import pytest

from deployments.local import server
from deployments.local.cleanup import clean_up
from deployments.local.errors import NewerStateError
from deployments.local.layout import Layout
from tasks.tools import processes


def test_a_flow_process_that_lost_its_worker_is_ended_too(own_layout: Layout) -> None:
    environment = {server.MARK: own_layout.mark}
    with subprocess.Popen(["sleep", "60"], env=environment) as orphan:  # noqa: S607
        assert processes.find(orphan.pid) is not None
        clean_up()

        assert processes.find(orphan.pid) is None


def test_a_process_of_another_stack_is_left_alone(own_layout: Layout) -> None:
    with subprocess.Popen(["sleep", "60"], env={server.MARK: "other"}) as stranger:  # noqa: S607
        clean_up()

        assert stranger.poll() is None
        stranger.kill()


def test_a_damaged_record_does_not_stop_a_cleanup(own_layout: Layout) -> None:
    own_layout.record.write_text("{")

    clean_up(everything=True)

    assert not own_layout.state.exists()


def test_a_newer_state_is_not_touched(own_layout: Layout) -> None:
    own_layout.record.write_text('{"format": 99}')

    with pytest.raises(NewerStateError):
        clean_up(everything=True)

    assert own_layout.record.exists()
    own_layout.record.unlink()


def test_cleaning_up_nothing_is_no_error(own_layout: Layout) -> None:
    clean_up(everything=True)
    clean_up(everything=True)

    assert not own_layout.state.exists()
