"""Effects: what we change in the outside world, and the states a change goes through.

```mermaid
stateDiagram-v2
  [*] --> intended: committed before we act
  intended --> applied
  applied --> observed
  observed --> committed
  intended --> failed
  applied --> failed
  observed --> failed: gone, and could not be made again
  failed --> intended: another attempt
  intended --> abandoned
  failed --> abandoned
  intended --> undoing: perhaps half made
  applied --> undoing
  observed --> undoing
  committed --> undoing
  failed --> undoing
  undoing --> undone
  undone --> intended: wanted again
  committed --> intended: found missing
```
"""

from __future__ import annotations

from enum import StrEnum


class EffectState(StrEnum):
    """Where a change stands."""

    INTENDED = "intended"
    APPLIED = "applied"
    OBSERVED = "observed"
    COMMITTED = "committed"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    ABANDONED = "abandoned"


_S = EffectState
_NEXT: dict[EffectState, frozenset[EffectState]] = {
    _S.INTENDED: frozenset({_S.APPLIED, _S.FAILED, _S.ABANDONED, _S.UNDOING}),
    _S.APPLIED: frozenset({_S.OBSERVED, _S.FAILED, _S.UNDOING}),
    _S.OBSERVED: frozenset({_S.COMMITTED, _S.FAILED, _S.UNDOING}),
    _S.COMMITTED: frozenset({_S.UNDOING, _S.INTENDED}),
    _S.FAILED: frozenset({_S.INTENDED, _S.ABANDONED, _S.UNDOING}),
    _S.UNDOING: frozenset({_S.UNDONE}),
    _S.UNDONE: frozenset({_S.INTENDED}),
    _S.ABANDONED: frozenset(),
}


def may_follow(state: EffectState | None, following: EffectState) -> bool:
    """Tell whether an effect in ``state`` (None: not yet recorded) may go to ``following``.

    Staying where it is is allowed: a killed process repeats its last write.
    """
    if state is None:
        return following is EffectState.INTENDED
    return following is state or following in _NEXT[state]
