from __future__ import annotations

import pytest

from tasks.domain.platform.entries import discover
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Entry, EntryKind, NotAssessed
from tasks.domain.platform.sources import Source
from tasks.domain.platform.survey import survey
from tasks.domain.sentences import known

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: a
    image: a:1
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 3
  template: {spec: {containers: [{name: a, image: 'a:1'}]}}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: 80}\n"
ENTRY = Entry("all.yaml", EntryKind.KUBERNETES, ("all.yaml",))


def _said(text: str) -> list[NotAssessed]:
    found = read(Source("s", {"all.yaml": text.encode()}), ENTRY).not_assessed
    assert all(known(part) for each in found for part in (each.what, each.reason, each.remedy))
    return list(found)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (POD.replace("{name: p}", "[name]"), 3, "metadata must be a mapping"),
        (
            POD.replace("{name: p}", "{name: p, labels: a=b}"),
            3,
            "metadata.labels must be a mapping",
        ),
        (POD[: POD.index("\n  containers")] + " words\n", 4, "spec must be a mapping"),
        (POD.replace("  - name", "    name"), 6, "spec.containers must be a list"),
        (f"{POD}  - words\n", 8, "spec.containers[1] must be a mapping"),
        (f"{POD}  -\n", 8, "spec.containers[1] must be a mapping"),
        (f"{POD}    env: {{A: b}}\n", 8, "spec.containers[0].env must be a list"),
        (f"{POD}    command: run it\n", 8, "spec.containers[0].command must be a list"),
        (f"{POD}    args: [[a]]\n", 8, "spec.containers[0].args[0] must be a text"),
        (
            f"{POD}    ports: [{{containerPort: web}}]\n",
            8,
            "spec.containers[0].ports[0].containerPort must be a whole number",
        ),
        (
            f"{POD}    securityContext: {{privileged: maybe}}\n",
            8,
            "spec.containers[0].securityContext.privileged must be true or false",
        ),
        (DEPLOYMENT.replace("3", "many"), 5, "spec.replicas must be a whole number, 0 or more"),
        (DEPLOYMENT.replace("3", "-1"), 5, "spec.replicas must be a whole number, 0 or more"),
        (DEPLOYMENT.replace("3", "'3'"), 5, "spec.replicas must be a whole number, 0 or more"),
        (POD.replace("{name: p}", "{}"), 3, "metadata.name must be there, or generateName"),
        (POD.replace("{name: p}", "{name: 7}"), 3, "metadata.name must be a text"),
        (
            POD.replace("{name: p}", "{name: p, labels: {version: 1}}"),
            3,
            "metadata.labels.version must be a text",
        ),
        (
            f"{POD}    securityContext: {{privileged: 'true'}}\n",
            8,
            "spec.containers[0].securityContext.privileged must be true or false",
        ),
        (
            f"{POD}    env: [{{name: A, value: 1}}]\n",
            8,
            "spec.containers[0].env[0].value must be a text",
        ),
        (
            f"{POD}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: {{a: no}}\n",
            12,
            "data.a must be a text",
        ),
        (
            f"{POD}---\n{SERVICE}",
            12,
            "spec.ports must be a list",
        ),
        (
            f"{POD}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\ndata: [a]\n",
            12,
            "data must be a mapping",
        ),
    ],
)
def test_a_field_of_another_shape_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    (found,) = _said(text)

    assert found.what.endswith(f" at all.yaml:{line}")
    assert found.reason == reason
    assert found.input  # it was asked for, and it was not understood


@pytest.mark.parametrize(
    "more",
    [
        "    securityContext: {privileged: on, runAsUser: 1000}\n",
        "    env:\n",
        "    env: [{name: A, value: '1'}]\n    command: [sleep, '60']\n    resources: {}\n",
        "    ports: [{containerPort: 0x50}]\n    livenessProbe: null\n",
        "    somethingNew: [1, {a: b}]\n",
    ],
)
def test_what_is_right_empty_or_unknown_has_the_right_shape(more: str) -> None:
    assert _said(f"{POD}{more}") == []


def test_what_a_quoted_truth_means_is_assessed_although_it_is_refused() -> None:
    text = f"{POD}    securityContext: {{privileged: 'true'}}\n"
    source = Source("s", {"all.yaml": text.encode()})

    (service,) = read(source, ENTRY).services

    assert service.containers[0].isolation.privileged


def test_a_file_for_kubectl_itself_needs_no_name() -> None:
    text = f"{POD}---\napiVersion: v1\nkind: Config\ncontexts: []\n"

    (said,) = read(Source("s", {"all.yaml": text.encode()}), ENTRY).not_assessed

    assert said.reason == "Kubernetes knows no Config of v1"


def test_of_many_wrong_fields_the_first_are_named_and_the_others_counted() -> None:
    said = _said(POD + "  - words\n" * 50)

    assert len(said) == 21
    assert said[-1].reason == "30 more of its fields have a wrong shape"


def test_an_object_that_only_completes_another_has_no_image_and_no_findings() -> None:
    patch = POD.replace("    image: a:1\n", "    env: [{name: A, value: b}]\n")
    platform = read(Source("s", {"all.yaml": patch.encode()}), ENTRY)

    assert platform.services == ()
    assert [each.reason for each in platform.not_assessed] == [
        "has no image: it is a patch for another definition"
    ]


HEADLESS = [
    pytest.param(POD.replace("apiVersion: v1\n", ""), 1, id="no version"),
    pytest.param(POD.replace("kind: Pod", "kind: [Pod]"), 2, id="a list as the kind"),
    pytest.param("apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n", 4, id="in a list"),
    pytest.param("apiVersion: v1\nkind: List\nitems:\n- words\n", 4, id="no mapping in a list"),
]


@pytest.mark.parametrize(("text", "line"), HEADLESS)
def test_what_does_not_say_what_it_is_makes_its_file_unread(text: str, line: int) -> None:
    (found,) = survey(Source("s", {"odd.yaml": text.encode()}))

    assert found.unread
    assert (found.unread.line, found.unread.reason) == (
        line,
        "does not say of which kind and API version it is",
    )
    assert known(found.unread.reason)


@pytest.mark.parametrize(("text", "line"), HEADLESS)
def test_beside_objects_that_are_read_it_is_named_alone(text: str, line: int) -> None:
    (found,) = _said(f"{POD}---\n{text}")

    assert found.what.endswith(f" at all.yaml:{line + len(POD.splitlines()) + 1}")
    assert found.input


@pytest.mark.parametrize(
    "text",
    [
        "kind: Deployment\nreplicas: 3\n",  # values of a chart
        "kind: pipeline\nmetadata: {}\nspec: {}\n",
        "apiVersion: v2\nname: shop\n",
    ],
)
def test_files_of_other_programs_are_no_business_of_ours(text: str) -> None:
    source = Source("s", {"odd.yaml": text.encode(), "all.yaml": POD.encode()})

    assert [each.unread for each in survey(source)] == [None, None]
    assert len(discover(source)) == 1
