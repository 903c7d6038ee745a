from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.effects import EffectState
from tasks.tools.ledger import effects
from tasks.tools.ledger.effects import EffectOrderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@dataclass
class Folder:
    """An object outside; ``dies`` names the call in which the process is killed."""

    key: str
    kind: str = "folder"
    there: bool = False
    dies: str = ""
    applied: int = 0
    seen: dict[str, Any] = field(default_factory=lambda: {"files": 3})

    def find(self) -> bool:
        return self.there

    def apply(self) -> None:
        self.applied += 1
        if self.dies == "before":
            raise KilledError
        self.there = True
        if self.dies == "after":
            raise KilledError

    def observe(self) -> Mapping[str, Any]:
        if self.dies == "observe":
            raise KilledError
        return self.seen

    def undo(self) -> None:
        self.there = False


@pytest.mark.parametrize(("dies", "applied"), [("before", 2), ("after", 1), ("observe", 1)])
def test_an_effect_killed_anywhere_goes_on_and_what_is_there_is_not_made_again(
    ledger: Ledger, run: Run, dies: str, applied: int
) -> None:
    folder = Folder(run.platform, dies=dies)
    with pytest.raises(KilledError):
        effects.ensure(ledger, run, folder)
    folder.dies = ""

    assert effects.ensure(ledger, run, folder) == {"files": 3}
    assert folder.applied == applied
    assert effects.state_of(ledger, "folder", folder.key) is EffectState.COMMITTED


def test_a_committed_effect_is_not_applied_again(ledger: Ledger, run: Run) -> None:
    folder = Folder(run.platform)
    effects.ensure(ledger, run, folder)
    effects.ensure(ledger, run, folder)

    assert folder.applied == 1


def test_a_committed_effect_that_somebody_removed_is_made_again(ledger: Ledger, run: Run) -> None:
    folder = Folder(run.platform)
    effects.ensure(ledger, run, folder)
    folder.there = False
    effects.ensure(ledger, run, folder)

    assert folder.applied == 2


def test_a_failure_is_recorded_and_a_later_attempt_is_allowed(ledger: Ledger, run: Run) -> None:
    class Full(Folder):
        def apply(self) -> None:
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        effects.ensure(ledger, run, Full(run.platform))
    failed = effects.state_of(ledger, "folder", run.platform)
    effects.ensure(ledger, run, Folder(run.platform))

    assert failed is EffectState.FAILED
    assert effects.state_of(ledger, "folder", run.platform) is EffectState.COMMITTED


def test_an_effect_is_undone_only_after_it_was_begun(ledger: Ledger, run: Run) -> None:
    folder = Folder(run.platform)
    with pytest.raises(EffectOrderError):
        effects.undo(ledger, run, folder)
    effects.ensure(ledger, run, folder)
    effects.undo(ledger, run, folder)

    assert not folder.there
    assert effects.state_of(ledger, "folder", folder.key) is EffectState.UNDONE


@pytest.mark.parametrize("removed", [True, False])
def test_who_was_killed_while_it_was_undone_may_want_it_again(
    ledger: Ledger, run: Run, removed: bool
) -> None:
    folder = Folder(run.platform)
    effects.ensure(ledger, run, folder)
    effects.record(ledger, run, folder, EffectState.UNDOING)
    folder.there = not removed

    assert effects.ensure(ledger, run, folder) == {"files": 3}
    assert folder.applied == 2
    assert folder.there
    assert effects.state_of(ledger, "folder", folder.key) is EffectState.COMMITTED


def test_what_was_interrupted_while_it_was_made_can_be_undone(ledger: Ledger, run: Run) -> None:
    class Interrupted(Folder):
        def apply(self) -> None:
            super().apply()
            raise KeyboardInterrupt

    folder = Interrupted(run.platform)
    with pytest.raises(KeyboardInterrupt):
        effects.ensure(ledger, run, folder)
    effects.undo(ledger, run, folder)

    assert not folder.there
    assert effects.state_of(ledger, "folder", folder.key) is EffectState.UNDONE
