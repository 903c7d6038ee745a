from pathlib import Path

import pytest

from tasks.domain.platform.entries import discover
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.platform.sources import Source
from tasks.tools.sources import read_source

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: true
      serviceAccountName: robot
      containers: [{name: web, image: nginx, env: [{name: DB, value: "tcp://db:5432"}]}]
"""
DB = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: postgres}
spec:
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: postgres}], automountServiceAccountToken: true}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: robot}
automountServiceAccountToken: false
"""


def platform(**files: str) -> Platform:
    source = Source("s", {f"k8s/{name}.yaml": text.encode() for name, text in files.items()})
    return read(source, Entry("k8s", EntryKind.KUBERNETES, ("k8s",)))


def test_a_text_that_names_a_service_is_an_edge_to_the_workload_behind_it() -> None:
    found = platform(web=WEB, db=DB)

    assert [(e.source, e.target, e.kind, e.place.file) for e in found.edges] == [
        ("web", "postgres", "reference", "k8s/web.yaml")
    ]
    assert {s.name: s.hostnames for s in found.services} == {"web": (), "postgres": ("db",)}


def test_a_workload_keeps_its_pods_settings_with_their_places() -> None:
    web = next(s for s in platform(web=WEB, db=DB).services if s.name == "web")

    assert (web.kind, web.path, web.place.line) == ("Deployment", "Deployment/web", 3)
    assert web.replicas is not None
    assert (web.replicas.value, web.replicas.path) == (3, "Deployment/web:spec.replicas")
    assert web.host_pid is not None
    assert web.host_pid.place.line == 9


def test_the_token_setting_of_the_pod_wins_over_that_of_its_account() -> None:
    found = {s.name: s.token_mounted for s in platform(web=WEB, db=DB).services}

    assert found["web"] is not None
    assert (found["web"].value, found["web"].path) == (
        False,
        "ServiceAccount/robot:automountServiceAccountToken",
    )
    assert found["postgres"] is not None
    assert found["postgres"].value is True


def test_the_same_object_twice_counts_once_and_is_named() -> None:
    found = platform(a=WEB, b=WEB.replace("replicas: 3", "replicas: 5"))

    (web,) = found.services
    assert web.replicas is not None
    assert web.replicas.value == 5
    assert "k8s/a.yaml:1" in found.not_assessed[0].what


def test_a_patch_without_containers_is_no_service() -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n$patch: delete\n"

    found = platform(patch=text, web=WEB)

    assert [s.name for s in found.services] == ["web"]
    assert any("patch" in each.reason for each in found.not_assessed)


def test_a_broken_file_does_not_hide_the_others() -> None:
    found = platform(web=WEB, broken="a: [\n", template="a: {{ .x }}")

    assert [s.name for s in found.services] == ["web"]
    assert {each.file for each in found.unread} == {"k8s/broken.yaml", "k8s/template.yaml"}
    assert found.files == ("k8s/web.yaml",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("kind: Component\n", True), ("kind: Kustomization\n", False), ("kind: [\n", False)],
)
def test_the_pieces_of_a_component_are_told_from_what_stands_alone(text: str, wanted: bool) -> None:
    files = {"more/web.yaml": WEB.encode(), "more/kustomization.yaml": text.encode()}

    seen = read(Source("shop", files), Entry("more", EntryKind.KUBERNETES, ("more",)))

    assert seen.component is wanted


def test_custom_resources_are_counted_as_not_assessed() -> None:
    text = "apiVersion: serving.kserve.io/v1\nkind: InferenceService\nmetadata: {name: m}\n"

    (missing,) = platform(model=text).not_assessed

    assert missing.what == "InferenceService.serving.kserve.io (1)"


@pytest.mark.targets
@pytest.mark.parametrize(
    ("target", "entry", "counts"),
    [
        ("online-boutique", "release/kubernetes-manifests.yaml", (12, 13, 12)),
        ("sock-shop", "deploy/kubernetes/complete-demo.yaml", (14, 15, 14)),
        ("train-ticket", "deployment/kubernetes-manifests/quickstart-k8s", (64, 64, 64)),
    ],
)
def test_a_real_platform_is_read_whole(
    targets: Path, target: str, entry: str, counts: tuple[int, int, int]
) -> None:
    source = read_source([targets / target])
    chosen = next(e for e in discover(source) if e.id == entry)

    found = read(source, chosen)

    containers = sum(len(s.containers) for s in found.services)
    assert (len(found.services), containers, len(found.endpoints)) == counts
    assert found.unread == ()
