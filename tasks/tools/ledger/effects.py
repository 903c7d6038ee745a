"""Effects in the ledger: whatever we change outside is written down before we act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from tasks.domain.effects import EffectState, may_follow
from tasks.tools.errors import PermanentToolError
from tasks.tools.ledger.tables import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from tasks.domain.runs import Run
    from tasks.tools.ledger.database import Ledger


class EffectOrderError(PermanentToolError):
    """An effect cannot go from the state it is in to the one asked for."""


class Effect(Protocol):
    """One kind of change. ``key`` names the object where the system enforces unique names."""

    @property
    def kind(self) -> str:
        """Name the kind of change."""

    @property
    def key(self) -> str:
        """Name this change among its kind."""

    def find(self) -> bool:
        """Tell whether the change is there already, whole."""

    def apply(self) -> None:
        """Make the change; repeating it after a kill is harmless."""

    def observe(self) -> Mapping[str, Any]:
        """Look at what is there now, for the record."""

    def undo(self) -> None:
        """Take the change back; nothing there to undo is fine."""


def state_of(ledger: Ledger, kind: str, key: str) -> EffectState | None:
    """Return where an effect stands, None when it was never intended."""

    def work(connection: Connection) -> EffectState | None:
        return _state(connection, kind, key)

    return ledger.transact(work)


def _state(connection: Connection, kind: str, key: str) -> EffectState | None:
    found = connection.execute(
        select(EFFECTS.c.state)
        .where(EFFECTS.c.kind == kind, EFFECTS.c.key == key)
        .with_for_update()
    ).scalar_one_or_none()
    return None if found is None else EffectState(found)


def record(
    ledger: Ledger,
    run: Run,
    effect: Effect,
    state: EffectState,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write where ``effect`` stands.

    Raises:
        EffectOrderError: it cannot get there from where it stands.
        StaleLeaseError: another process owns the platform by now.
    """

    def work(connection: Connection) -> None:
        before = _state(connection, effect.kind, effect.key)
        if not may_follow(before, state):
            what = f"Effect {effect.kind} {effect.key} is {before}, it cannot become {state}."
            raise EffectOrderError(what, "Run the same command again.")
        values = {
            "run": run.id,
            "platform": run.platform,
            "epoch": run.epoch,
            "state": state.value,
            "detail": dict(detail or {}),
            "changed_at": func.clock_timestamp(),
        }
        row = insert(EFFECTS).values(kind=effect.kind, key=effect.key, **values)
        connection.execute(
            row.on_conflict_do_update(index_elements=[EFFECTS.c.kind, EFFECTS.c.key], set_=values)
        )

    ledger.write(run, work)


def ensure(ledger: Ledger, run: Run, effect: Effect) -> Mapping[str, Any]:
    """Bring ``effect`` about, or find that it was; killed anywhere, the next call goes on.

    Raises:
        Exception: what ``effect.apply`` raised, after the effect is recorded as failed.
    """
    before = state_of(ledger, effect.kind, effect.key)
    if before is EffectState.UNDOING:  # killed on the way back: that way is ended first
        undo(ledger, run, effect)
        before = EffectState.UNDONE
    found = effect.find()
    if before is EffectState.COMMITTED and found:
        return effect.observe()
    if before not in {EffectState.INTENDED, EffectState.APPLIED, EffectState.OBSERVED}:
        record(ledger, run, effect, EffectState.INTENDED)
        before = EffectState.INTENDED
    if before is EffectState.INTENDED or not found:
        _apply(ledger, run, effect, found=found)
    seen = effect.observe()
    if before is not EffectState.OBSERVED:
        record(ledger, run, effect, EffectState.OBSERVED, seen)
    record(ledger, run, effect, EffectState.COMMITTED, seen)
    return seen


def _apply(ledger: Ledger, run: Run, effect: Effect, *, found: bool) -> None:
    if not found:
        try:
            effect.apply()
        except Exception as error:
            record(ledger, run, effect, EffectState.FAILED, {"error": str(error)})
            raise
    if state_of(ledger, effect.kind, effect.key) is EffectState.INTENDED:
        record(ledger, run, effect, EffectState.APPLIED)


def undo(ledger: Ledger, run: Run, effect: Effect) -> None:
    """Take ``effect`` back, and write down that it is undone."""
    record(ledger, run, effect, EffectState.UNDOING)
    effect.undo()
    record(ledger, run, effect, EffectState.UNDONE)
