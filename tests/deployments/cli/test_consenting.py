import io

import pytest

from deployments.cli.consenting import NoConsentError, agree


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("是\n", True), ("\n", False)])
def test_only_a_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, answer: str, agreed: bool) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    if agreed:
        agree(yes=False)
    else:
        with pytest.raises(NoConsentError):
            agree(yes=False)


def test_the_variable_of_ci_is_no_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    with pytest.raises(NoConsentError, match="--yes"):
        agree(yes=False)
    agree(yes=True)
