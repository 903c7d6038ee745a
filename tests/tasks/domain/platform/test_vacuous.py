import pytest

from tasks.domain.platform.vacuous import is_vacuous


@pytest.mark.parametrize("text", ["exit 0", "true", "curl -f x || true", "a; exit 0", "echo ok"])
def test_a_command_that_always_succeeds_proves_nothing(text: str) -> None:
    assert is_vacuous([text], in_shell=True)
    assert is_vacuous(["/bin/sh", "-c", text])


@pytest.mark.parametrize(
    "text", ["curl -f x", "curl -f x || exit 1", "echo ruok | nc localhost 2181", "test -f ok"]
)
def test_a_command_that_can_fail_does(text: str) -> None:
    assert not is_vacuous([text], in_shell=True)
    assert not is_vacuous(["sh", "-c", text])


def test_a_program_that_always_succeeds_needs_no_shell() -> None:
    assert is_vacuous(["/bin/true"])
    assert not is_vacuous(["curl", "true"])
    assert not is_vacuous([])
