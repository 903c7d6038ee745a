"""Workloads where no workload is expected: in custom resources, and in texts.

KServe, Knative, Seldon, Argo and DeploymentGrid carry whole pod specifications in objects
of their own groups. What stands in them is written, and is assessed. What does not stand
in them may be added by their controller, so nobody here can say that it is missing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tasks.domain.platform.kubernetes.containers import read_containers
from tasks.domain.platform.kubernetes.objects import WORKLOADS
from tasks.domain.platform.model import NotAssessed, Service
from tasks.domain.platform.nodes import Mapping, Scalar, Sequence, target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tasks.domain.platform.kubernetes.containers import Surroundings
    from tasks.domain.platform.kubernetes.fields import Field
    from tasks.domain.platform.kubernetes.objects import Manifest

# Where such resources hold what shall run; a status or a schema holds only a picture of it.
_ROOM = "spec"
_VERSION = re.compile(r"^\s*[\"']?apiVersion[\"']?\s*:", re.MULTILINE)
_KIND = re.compile(rf"^\s*[\"']?kind[\"']?\s*:\s*[\"']?({'|'.join(WORKLOADS)})\b", re.MULTILINE)
_LOOKED_AT = 100_000  # characters of one text


def pods(manifest: Manifest) -> Iterator[Field]:
    """Give each pod specification in a custom resource, in the order written."""
    waiting = [manifest.field.get(_ROOM)]
    while waiting:
        field = waiting.pop()
        if isinstance(field.node, Mapping):
            if _is_pod(field):
                yield field
                continue
            waiting += [each for _, each in reversed(field.entries())]
        elif isinstance(field.node, Sequence):
            waiting += reversed(field.items())


def _is_pod(field: Field) -> bool:
    return any(each.get("image").text() for each in field.get("containers").items())


def services(manifest: Manifest, around: Surroundings) -> Iterator[Service]:
    """Give what a custom resource runs, as far as it is written in it."""
    name = manifest.field.get("metadata", "name")
    for number, pod in enumerate(pods(manifest), 1):
        yield Service(
            name=manifest.name if number == 1 else f"{manifest.name}-{number}",
            kind=manifest.counted_kind,
            place=name.place if name else manifest.field.place,
            path=manifest.label,
            containers=tuple(read_containers(pod, around)),
            namespace=manifest.namespace,
            api_version=manifest.api_version,
            host_network=pod.get("hostNetwork").sited_boolean(),
            host_pid=pod.get("hostPID").sited_boolean(),
            host_ipc=pod.get("hostIPC").sited_boolean(),
            service_account=pod.get("serviceAccountName").text(),
            token_mounted=pod.get("automountServiceAccountToken").sited_boolean(),
            partial=True,
        )


def texts_with_workloads(kept: Iterable[Manifest]) -> Iterator[NotAssessed]:
    """Name the manifests in values of ConfigMaps: who applies them, if anybody, is not written."""
    for each in kept:
        if not each.is_core("ConfigMap"):
            continue
        data = each.field.get("data").node
        # Pairs as written: fields of a million keys would take hundreds of megabytes.
        for pair in data.pairs if isinstance(data, Mapping) else ():
            value, key = target(pair.value), target(pair.key)
            if not (isinstance(value, Scalar) and isinstance(key, Scalar)):
                continue
            text = value.text[:_LOOKED_AT] if "apiVersion" in value.text else ""
            if _VERSION.search(text) and (found := _KIND.search(text)):
                yield NotAssessed(
                    f"{each.label} at {value.place.file}:{value.place.line}",
                    f"the text under {key.text[:60]} holds a {found[1]}: "
                    "who starts it is not written",
                    "Give that text to us as a file of its own.",
                )
