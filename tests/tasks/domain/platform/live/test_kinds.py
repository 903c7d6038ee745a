from __future__ import annotations

from tasks.domain.platform.live.kinds import KINDS, Kind, listable, taught


def test_a_kind_knows_where_its_lists_are() -> None:
    assert Kind("v1", "pods", "Pod").path("shop") == "/api/v1/namespaces/shop/pods"
    custom = Kind("example.org/v1", "trains", "Train")
    assert custom.path("shop") == "/apis/example.org/v1/namespaces/shop/trains"
    assert (custom.group, custom.custom) == ("example.org", True)
    assert not any(kind.custom for kind in KINDS)


def test_secrets_are_no_kind_that_is_asked_for() -> None:
    assert "Secret" not in {kind.name for kind in KINDS}


def test_only_what_a_cluster_was_taught_is_asked_for_beside_the_preferred_version_first() -> None:
    def group(name: str, preferred: str, *versions: str) -> dict[str, object]:
        each = [{"groupVersion": f"{name}/{version}"} for version in versions]
        return {
            "name": name,
            "versions": each,
            "preferredVersion": {"groupVersion": f"{name}/{preferred}"},
        }

    groups = [
        group("apps", "v1", "v1"),
        group("metrics.k8s.io", "v1beta1", "v1beta1"),
        group("gateway.networking.k8s.io", "v1", "v1beta1", "v1"),
    ]

    assert list(taught({"groups": groups})) == [
        "gateway.networking.k8s.io/v1",
        "gateway.networking.k8s.io/v1beta1",
    ]
    assert list(taught({})) == []


def test_a_kind_of_the_whole_cluster_and_what_cannot_be_listed_are_left() -> None:
    verbs = ["get", "list"]
    resources = [
        {"name": "trains", "kind": "Train", "namespaced": True, "verbs": verbs},
        {"name": "trains/status", "kind": "Train", "namespaced": True, "verbs": verbs},
        {"name": "nets", "kind": "Net", "namespaced": False, "verbs": verbs},
        {"name": "tickets", "kind": "Ticket", "namespaced": True, "verbs": ["create"]},
    ]

    assert list(listable("example.org/v1", {"resources": resources})) == [
        Kind("example.org/v1", "trains", "Train")
    ]
