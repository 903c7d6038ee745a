from itertools import pairwise

import pytest

from tasks.domain.effects import EffectState, may_follow

S = EffectState


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ((None, S.INTENDED, S.APPLIED, S.OBSERVED, S.COMMITTED), True),
        ((None, S.APPLIED), False),
        ((S.INTENDED, S.COMMITTED), False),
        ((S.COMMITTED, S.UNDOING, S.UNDONE, S.INTENDED), True),
        ((S.INTENDED, S.UNDOING, S.UNDONE), True),
        ((S.UNDOING, S.INTENDED), False),
        ((S.FAILED, S.ABANDONED), True),
        ((S.ABANDONED, S.INTENDED), False),
    ],
)
def test_an_effect_goes_only_where_its_picture_allows(
    path: tuple[EffectState | None, ...], allowed: bool
) -> None:
    steps = list(pairwise(path))

    assert all(may_follow(a, b) for a, b in steps if b is not None) is allowed


@pytest.mark.parametrize("state", EffectState)
def test_a_killed_process_may_repeat_its_last_write(state: EffectState) -> None:
    assert may_follow(state, state)
