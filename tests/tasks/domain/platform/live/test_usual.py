from __future__ import annotations

from tasks.domain.platform.live.usual import SPECS, pruned


def test_what_equals_the_default_goes_at_every_depth() -> None:
    usual = {"a": 1, "b": {"c": 2}, "d": [{"e": 3}]}

    assert pruned({"a": 1, "b": {"c": 2}, "d": [{"e": 3, "f": 4}], "g": 5}, usual) == {
        "d": [{"f": 4}],
        "g": 5,
    }
    assert pruned({"a": 2, "b": {"c": 2, "x": {}}, "d": ["plain"]}, usual) == {
        "a": 2,
        "b": {"x": {}},
        "d": ["plain"],
    }


def test_one_changed_field_leaves_the_others_that_nobody_wrote_out() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}}

    assert pruned({"strategy": strategy}, SPECS["Deployment"]) == {
        "strategy": {"rollingUpdate": {"maxUnavailable": 0}}
    }
