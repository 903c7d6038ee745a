from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from knowledge.texts import LANGUAGES, check_texts
from tasks.domain.assess import assess, left_out, order
from tasks.domain.findings import Severity
from tasks.domain.platform.compose import reader as compose_reader
from tasks.domain.platform.containers import (
    Features,
    HealthProbe,
    Isolation,
    LengthClass,
    Mount,
    Port,
    Resources,
    Variable,
)
from tasks.domain.platform.kubernetes import reader as kubernetes_reader
from tasks.domain.platform.live.kinds import CUSTOM, KINDS
from tasks.domain.platform.model import (
    Dependency,
    Endpoint,
    Entry,
    EntryKind,
    KubernetesObject,
    Platform,
)
from tasks.domain.platform.sources import Source
from tasks.domain.security.checks import CHECKS, COMPOSE, KUBERNETES
from tasks.domain.security.checks.availability import SCALERS
from tasks.domain.security.checks.network import POLICIES
from tests.tasks.domain.security.checks.platforms import (
    PLACE,
    at,
    container,
    platform,
    service,
    sited,
)


def _bad() -> Platform:
    """Build a platform with as many defects as two services can have."""
    console = container(
        "console",
        image=sited("tools"),
        image_as_written="tools",
        isolation=Isolation(privileged=sited(value=True), user=sited("root")),
        resources=Resources(invalid=(sited("100mb", "limits.memory"),)),
        ports=(Port(5432, at(9), "ports[0]", 80), Port(90, at(10), "ports[1]", 80)),
        mounts=(
            Mount("bind", "/run/docker.sock", "/s", at(11), "volumes[0]"),
            Mount("bind", "/etc", "/e", at(12), "volumes[1]"),
        ),
        environment=(
            Variable("DB_PASSWORD", Features(LengthClass.SHORT), at(13), "environment.DB_PASSWORD"),
        ),
    )
    caller = container(
        "caller",
        isolation=Isolation(capabilities_added=(sited("NET_ADMIN"),)),
        probes=(HealthProbe("health", at(20), "healthcheck"),),
    )
    waits = (
        Dependency("caller", at(21), "depends_on.caller"),
        Dependency("gone", at(22), "depends_on.gone"),
    )
    gated = (Dependency("caller", at(30), "depends_on.caller", "service_healthy"),)
    return platform(
        service("console", console, host_network=sited(value=True), depends_on=waits),
        service("caller", caller, depends_on=(Dependency("caller", at(23), "self"),)),
        service("gated", depends_on=gated),
        obsolete=(sited("version", "version"),),
    )


def _kubernetes() -> Platform:
    front = Endpoint("web", "Service", PLACE, "Service/web:", targets=("web",))
    old = KubernetesObject("extensions/v1beta1", "Deployment", "web", PLACE, "Deployment/web:")
    pods = (service("web", kind="Deployment"), service("db", kind="Deployment"))
    entry = Entry("k8s", EntryKind.KUBERNETES, ("k8s",))
    return platform(*pods, entry=entry, endpoints=(front,), objects=(old,))


@pytest.mark.parametrize("on", [_bad(), _kubernetes()], ids=["compose", "kubernetes"])
def test_every_finding_can_be_said_in_every_language(on: Platform) -> None:
    for finding in assess(on):
        for language in LANGUAGES:
            text = check_texts()[finding.check]
            said = text.message(language, finding.subject, finding.facts)
            assert said
            assert "{" not in said


def test_the_worst_comes_first_then_file_line_and_check() -> None:
    found = assess(_bad())

    assert [order(one) <= order(other) for one, other in pairwise(found)].count(False) == 0
    assert found[0].severity is Severity.CRITICAL


def test_what_kubernetes_alone_knows_is_not_asked_of_compose() -> None:
    asked = {finding.check for finding in assess(_bad())}

    assert not asked & {"default-service-account-token", "no-network-policy", "single-replica"}


def test_ids_are_unique_and_survive_a_moved_line() -> None:
    found = assess(_bad())
    ids = [finding.id for finding in found]

    assert len(set(ids)) == len(ids)
    moved = platform(service("web", container("web"), place=at(99)))
    assert {f.id for f in assess(moved)} == {f.id for f in assess(platform(service("web")))}


def test_a_finding_carries_the_controls_and_theory_of_its_check() -> None:
    (finding,) = (each for each in assess(_bad()) if each.check == "privileged-container")

    assert "CIS-Docker-5.5" in finding.controls
    assert "s-container" in finding.theory


_COMPOSE = """\
services:
  front:
    image: shop/front:1.4
    user: "1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    healthcheck: {test: [CMD, wget, -q, "http://127.0.0.1:8080/"], interval: 1s}
    environment: {API_TOKEN: x9-Kq27-fuss}
    deploy: {resources: {limits: {memory: 128M, cpus: "0.5"}}}
  store:
    image: redis
    privileged: true
    pid: host
    cap_add: [SYS_ADMIN]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock", "/etc:/host/etc:ro"]
    deploy: {resources: {limits: {memory: 4096G}}}
"""
_MANIFESTS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: front, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsUser: 1000}
      containers:
        - name: server
          image: shop/front:1.4
          env: [{name: API_TOKEN, value: x9-Kq27-fuss}]
          readinessProbe: {httpGet: {path: /, port: 8080}}
          resources: {limits: {memory: 128Mi, cpu: 500m}}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: shop}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      automountServiceAccountToken: false
      hostPID: true
      containers:
        - name: redis
          image: redis
          resources: {limits: {memory: 4096Gi}}
          securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}
          volumeMounts:
            - {name: socket, mountPath: /var/run/docker.sock}
            - {name: etc, mountPath: /host/etc, readOnly: true}
      volumes:
        - {name: socket, hostPath: {path: /var/run/docker.sock}}
        - {name: etc, hostPath: {path: /etc}}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {selector: {app: front}, ports: [{port: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: store, namespace: shop}
spec: {selector: {app: store}, ports: [{port: 6379}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}}
"""


def test_the_same_platform_has_the_same_findings_in_each_packaging() -> None:
    files = {"compose.yaml": _COMPOSE.encode(), "k8s.yaml": _MANIFESTS.encode()}
    source = Source("here", files)
    compose = compose_reader.read(
        source, Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",))
    )
    manifests = kubernetes_reader.read(
        source, Entry("k8s.yaml", EntryKind.KUBERNETES, ("k8s.yaml",))
    )

    shared = {check.id for check in CHECKS if {COMPOSE, KUBERNETES} <= set(check.kinds)}

    one, other = (
        {(f.check, f.subject, f.severity) for f in assess(each) if f.check in shared}
        for each in (compose, manifests)
    )

    assert one == other
    assert {check for check, _, _ in one} == {
        "privileged-container",
        "engine-socket-mounted",
        "host-namespace",
        "host-folder-mounted",
        "runs-as-root",
        "writable-root-filesystem",
        "literal-secret",
        "floating-image-tag",
        "no-cpu-limit",
        "implausible-quantity",
        "no-health-check",
        "image-without-digest",
        "low-user-id",
    }


# Names a service of another file and gives it a command: that file has image, user, limits.
_COMPLETING = """\
services:
  web:
    command: ["serve", "--verbose"]
    privileged: true
volumes:
  data:
"""


def test_of_a_service_that_completes_another_files_only_what_is_written_is_judged() -> None:
    source = Source("here", {"compose.yaml": _COMPLETING.encode()})
    entry = Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",))

    found = assess(compose_reader.read(source, entry))

    assert [each.check for each in found] == ["privileged-container"]


def test_a_check_does_not_take_what_nobody_saw_for_missing() -> None:
    seen = _kubernetes()
    blind = replace(seen, unseen=frozenset({"NetworkPolicy"}))
    gone = {each.check for each in assess(seen)} - {each.check for each in assess(blind)}

    assert gone == {"no-network-policy"}
    assert list(left_out(seen)) == []
    (named,) = left_out(blind)
    assert (named.what, named.input) == ("check no-network-policy", False)
    assert named.reason.endswith("nobody saw: NetworkPolicy")


def test_every_kind_that_a_check_needs_is_one_that_a_cluster_is_asked_for_or_teaches() -> None:
    asked = {kind.name for kind in KINDS} | POLICIES | SCALERS | {"VerticalPodAutoscaler", CUSTOM}

    assert [check.id for check in CHECKS if not set(check.needs) <= asked] == []
