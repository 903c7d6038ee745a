from __future__ import annotations

import pytest

from tasks.domain.exits import Exit, worst


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ((Exit.GATE, Exit.INPUT_UNREAD), Exit.INPUT_UNREAD),
        ((Exit.DONE, Exit.GATE), Exit.GATE),
        ((Exit.FAULT, Exit.USAGE, Exit.HELD), Exit.FAULT),
        ((Exit.NO_PLATFORM, Exit.HELD), Exit.HELD),
        ((Exit.DECISION, Exit.INPUT_UNREAD), Exit.DECISION),
        ((), Exit.DONE),
    ],
)
def test_the_worst_exit_code_wins(several: tuple[Exit, ...], one: Exit) -> None:
    assert worst(*several) is one
