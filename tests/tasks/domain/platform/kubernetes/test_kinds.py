from __future__ import annotations

import pytest

from tasks.domain.platform.kubernetes.kinds import is_known, is_namespaced


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Service"),
        ("v1", "List"),
        ("apps/v1", "Deployment"),
        ("apps/v1beta2", "Deployment"),  # removed, and still understood
        ("extensions/v1beta1", "Ingress"),
        ("networking.k8s.io/v1", "Ingress"),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
        ("batch/v1beta1", "CronJob"),
    ],
)
def test_what_kubernetes_serves_or_served_is_known(api_version: str, kind: str) -> None:
    assert is_known(api_version, kind)


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("v1", "Deployment"),  # of another group
        ("v2", "Service"),
        ("apps/v1", "Deploymnet"),
        ("apps/v9", "Deployment"),
        ("extensions/v1", "Ingress"),
        ("serving.knative.dev/v1", "Service"),  # the same word, another thing
        ("/v1", "Service"),
        ("", "Service"),
        ("v1", ""),
    ],
)
def test_a_slip_of_the_pen_and_what_others_define_is_not(api_version: str, kind: str) -> None:
    assert not is_known(api_version, kind)


@pytest.mark.parametrize(
    ("api_version", "kind", "wanted"),
    [
        ("v1", "Service", True),
        ("rbac.authorization.k8s.io/v1", "RoleBinding", True),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", False),
        ("v1", "Namespace", False),
        ("storage.k8s.io/v1", "StorageClass", False),
        ("storage.k8s.io/v1", "CSIStorageCapacity", True),
        ("example.org/v1", "Widget", False),  # nobody here knows
    ],
)
def test_what_a_namespace_holds_is_known(api_version: str, kind: str, wanted: bool) -> None:
    assert is_namespaced(api_version, kind) is wanted
