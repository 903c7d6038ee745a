"""What runs under one name in a cluster: a workload with its pod."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.containers import Sited
from tasks.domain.platform.kubernetes.containers import Surroundings, read_containers
from tasks.domain.platform.kubernetes.network import pod_labels
from tasks.domain.platform.kubernetes.objects import pod_of
from tasks.domain.platform.model import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.domain.platform.kubernetes.fields import Field
    from tasks.domain.platform.kubernetes.network import Network
    from tasks.domain.platform.kubernetes.objects import Manifest

# Only these are refused when their own pods do not fit their selector.
_SELECTING = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def read_workload(
    manifest: Manifest,
    network: Network,
    around: Surroundings,
    accounts: Mapping[tuple[str, str], Manifest],
) -> Service:
    """Read one workload; ``accounts`` are the service accounts that are written here."""
    pod, root = pod_of(manifest), manifest.field
    claims = {
        c.get("metadata", "name").text(): c
        for c in root.get("spec", "volumeClaimTemplates").items()
    }
    around = Surroundings(around.hosts, around.configs, around.secrets, claims)
    account = pod.get("serviceAccountName").text() or pod.get("serviceAccount").text()
    name = root.get("metadata", "name")
    return Service(
        name=manifest.name,
        kind=manifest.kind,
        place=name.place if name else root.place,
        path=manifest.label,
        containers=tuple(read_containers(pod, around)),
        namespace=manifest.namespace,
        api_version=manifest.api_version,
        replicas=root.get("spec", "replicas").sited_integer(),
        restart=pod.get("restartPolicy").sited_text(),
        host_network=pod.get("hostNetwork").sited_boolean(),
        host_pid=pod.get("hostPID").sited_boolean(),
        host_ipc=pod.get("hostIPC").sited_boolean(),
        host_users=_users_apart(pod.get("hostUsers")),
        service_account=account,
        token_mounted=_token(pod, accounts.get((manifest.namespace, account or "default"))),
        labels=network.labels(manifest),
        hostnames=network.hostnames(manifest),
        grace=_seconds(pod.get("terminationGracePeriodSeconds")),
        strategy=root.get("spec", "strategy", "type").sited_text(),
        architecture=_architecture(pod),
        spread=_spread(pod),
        unmatched=_unmatched(manifest),
        managed=_managed(root),
    )


def _users_apart(field: Field) -> Sited[bool] | None:
    """Read whether a pod has user ids of its own; sharing the host's is what every pod does."""
    return field.sited_boolean() if field.boolean() is False else None


def _managed(root: Field) -> bool:
    owners = root.get("metadata", "ownerReferences").items()
    return any(owner.get("controller").boolean() for owner in owners)


def _spread(pod: Field) -> bool:
    constraints = pod.get("topologySpreadConstraints").items()
    return bool(constraints or pod.get("affinity", "podAntiAffinity"))


def _unmatched(manifest: Manifest) -> Sited[str] | None:
    """Find a label of a workload's selector that its pods do not carry."""
    if manifest.kind not in _SELECTING:
        return None
    carried = pod_labels(manifest)
    for name, wanted in manifest.field.get("spec", "selector", "matchLabels").entries():
        if carried.get(name) != wanted.text():
            return Sited(name, wanted.place, wanted.path)
    return None


def _seconds(field: Field) -> Sited[float] | None:
    found = field.integer()
    return None if found is None else Sited(float(found), field.place, field.path)


def _architecture(pod: Field) -> Sited[str] | None:
    selector = pod.get("nodeSelector")
    label = selector.get("kubernetes.io/arch") or selector.get("beta.kubernetes.io/arch")
    return label.sited_text()


def _token(pod: Field, account: Manifest | None) -> Sited[bool] | None:
    """Give the token setting that takes effect: the pod's own, else its account's."""
    own = pod.get("automountServiceAccountToken").sited_boolean()
    if own is not None or account is None:
        return own
    return account.field.get("automountServiceAccountToken").sited_boolean()
