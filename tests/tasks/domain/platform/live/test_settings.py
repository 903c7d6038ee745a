import pytest

from tasks.domain.platform.live.settings import (
    duration,
    health,
    needs,
    other,
    restart,
    security,
    spreads,
)


def test_a_health_check_keeps_what_was_set() -> None:
    check = {"Test": ["CMD", "true"], "Interval": 5_000_000_000, "StartInterval": 500_000_000}

    assert health(check) == {
        "test": ["CMD", "true"],
        "interval": "5s",
        "start_interval": "500ms",
    }
    assert health({"Test": ["NONE"]}) == {"disable": True}
    assert health(None) == health({"Test": []}) == {}


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("", {}),
        ("db:service_healthy:false", {"db": {"condition": "service_healthy"}}),
        ("a,b:service_started:true", {
            "a": {"condition": "service_started"}, "b": {"condition": "service_started"},
        }),
    ],
)  # fmt: skip
def test_the_order_of_starting_is_in_a_label(label: str, found: object) -> None:
    assert needs(label) == found


def test_small_things() -> None:
    assert restart({"Name": "no"}) == restart({}) == ""
    assert restart({"Name": "always"}) == "always"
    assert security("seccomp=unconfined") == "seccomp=unconfined"
    assert security('seccomp={"a": 1}') == "seccomp=profile.json"
    assert (other(1, 1), other(1, 2)) == (None, 1)
    assert duration(1_500_000_000) == "1500ms"
    assert spreads({"Type": "bind", "Propagation": "rshared"})
    assert not spreads({"Type": "bind", "Propagation": "rprivate"})
