from __future__ import annotations

import pytest

from tasks.domain.assess import assess
from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes import embedded
from tasks.domain.platform.kubernetes.objects import manifests
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.platform.sources import Source

SELDON = """\
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: iris, namespace: ai}
spec:
  predictors:
  - name: main
    componentSpecs:
    - spec:
        containers: [{name: classifier, image: 'example/iris:1.0'}]
  - name: canary
    componentSpecs:
    - spec:
        hostNetwork: true
        initContainers: [{name: fetch, image: 'example/fetch:1.0'}]
        containers:
        - {name: classifier, image: 'example/iris:2.0', securityContext: {privileged: true}}
status:
  containers: [{name: seen, image: 'example/seen:1.0'}]
"""


def _read(text: str) -> Platform:
    source = Source("ai", {"all.yaml": text.encode()})
    return read(source, Entry("all.yaml", EntryKind.KUBERNETES, ("all.yaml",)))


def test_every_pod_in_a_custom_resource_is_a_service_and_its_status_is_none() -> None:
    one, other = _read(SELDON).services

    assert (one.name, other.name) == ("iris", "iris-2")
    assert {one.kind, other.kind} == {"SeldonDeployment.machinelearning.seldon.io"}
    assert [c.image.value for c in one.containers if c.image] == ["example/iris:1.0"]
    assert [(c.name, c.role) for c in other.containers] == [
        ("classifier", "main"),
        ("fetch", "init"),
    ]
    assert other.host_network is not None
    assert other.host_network.place.line == 13


def test_what_is_written_is_found_and_what_is_missing_is_left_to_the_controller() -> None:
    found = {(each.check, each.place.line) for each in assess(_read(SELDON))}

    assert ("privileged-container", 16) in found
    assert ("host-namespace", 13) in found
    assert {check for check, _ in found} & {"no-memory-limit", "runs-as-root"} == set()


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param("containers: [{name: sidecar, resources: {}}]", id="patches without image"),
        pytest.param("containers: {type: array, items: {image: a}}", id="a schema"),
        pytest.param("containers: none", id="a word"),
        pytest.param("image: a", id="no list"),
    ],
)
def test_what_only_looks_like_a_pod_is_none(spec: str) -> None:
    head = "apiVersion: x.example/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  "
    platform = _read(head + spec + "\n")

    assert platform.services == ()
    assert platform.not_assessed[0].reason.startswith("custom resources: only their own")


def test_ten_thousand_nodes_without_a_pod_are_walked_without_recursion() -> None:
    head = "apiVersion: x.example/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n"
    deep = "".join(f"  k{n}: {{a: [{{b: c}}]}}\n" for n in range(10_000))
    (document,) = parse("all.yaml", head + deep)

    assert list(embedded.pods(next(manifests(document)))) == []


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_workload_in_a_text_is_named_and_the_text_is_not(quote: str) -> None:
    text = f"{quote}apiVersion{quote}: v1\n    {quote}kind{quote}: Pod\n    token: hunter2-canary"
    platform = _read(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: addon}\ndata:\n  a: |\n    " + text
    )

    (missing,) = platform.not_assessed
    assert missing.what == "ConfigMap/addon at all.yaml:5"
    assert "holds a Pod" in missing.reason
    assert "hunter2" not in repr(platform)


def test_a_text_about_kinds_is_no_workload() -> None:
    platform = _read(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: addon}\ndata:\n"
        "  a: |\n    apiVersion: v1\n    kind: Policy\n"
    )

    assert platform.not_assessed == ()
