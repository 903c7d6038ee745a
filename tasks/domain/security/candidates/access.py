"""What a pod may ask of its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tasks.domain.platform.nodes import Sequence
from tasks.domain.security.candidates import kubernetes
from tasks.domain.security.candidates.ground import NotOfferedError, Proposal

if TYPE_CHECKING:
    from tasks.domain.findings import Finding
    from tasks.domain.security.candidates.ground import Ground

_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})


def no_token(ground: Ground, finding: Finding) -> Proposal:
    """Keep the default account's token out of pods, where nothing gives that account rights."""
    services = ground.named(finding.subject)
    place = finding.place
    service = next((each for each in services if each.place.file == place.file), None)
    if service is None or len(services) > 1:
        msg = f"{len(services)} workloads are called {finding.subject}"
        raise NotOfferedError(msg)
    if service.token_mounted is not None:
        msg = "the token is asked for in the file, so somebody wants it"
        raise NotOfferedError(msg)
    if ground.once(_bound):
        msg = "a role is bound to the default account or to all accounts"
        raise NotOfferedError(msg)
    pod = kubernetes.pod_root(ground, service)
    edits = kubernetes.put_fields(pod, {("automountServiceAccountToken",): False})
    return Proposal((finding.id,), edits)


def _bound(ground: Ground) -> bool:
    """Tell whether a binding of this entry names the default account, or a group of accounts."""
    for written in ground.files():
        for each in kubernetes.objects(written):
            subjects = kubernetes.below(each, "subjects")
            if kubernetes.value(each, "kind") not in _BINDINGS:
                continue
            for subject in subjects.items if isinstance(subjects, Sequence) else ():
                name = kubernetes.value(subject, "name")
                if name == "default" or name.startswith("system:"):
                    return True
    return False
