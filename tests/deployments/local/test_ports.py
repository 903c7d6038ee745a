import socket
import threading

import pytest

from deployments.local import ports
from deployments.local.errors import StackError


def test_a_taken_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr(ports, "USUAL_PORT", taken)

        assert not ports.is_free(taken)
        assert ports.choose(None) > taken


def test_the_former_port_is_kept_so_that_links_stay_valid() -> None:
    with socket.socket() as probe:
        probe.bind((ports.HOST, 0))
        former = probe.getsockname()[1]

    assert ports.choose(former) == former


def test_the_former_port_is_waited_for_while_its_killed_holder_still_dies() -> None:
    with socket.socket() as dying:
        dying.bind((ports.HOST, 0))
        dying.listen()
        former = dying.getsockname()[1]
        threading.Timer(0.3, dying.close).start()

        assert ports.choose(former) == former


def test_a_former_port_that_somebody_else_keeps_is_given_up() -> None:
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        former = other.getsockname()[1]

        assert ports.choose(former) != former


def test_when_all_are_taken_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: False)

    with pytest.raises(StackError, match="4200 to 4299"):
        ports.choose(None)
