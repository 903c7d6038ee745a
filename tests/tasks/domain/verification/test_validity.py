from __future__ import annotations

from tasks.domain.verification.validity import Validity


def test_nothing_checked_is_not_valid() -> None:
    assert not Validity("none").valid
    assert Validity("some", checked=1).valid
