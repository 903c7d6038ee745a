"""A namespace is what its manifests say: over the real client, against an API with pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.exits import Exit
from tasks.domain.platform.locations import locate
from tasks.tools.cluster import ClusterRefusedError, ClusterUnreachableError, read_cluster
from tasks.tools.opening import open_source
from tasks.tools.platforms import intake
from tasks.tools.sources import SourceError
from tests import apiserver
from tests.commands import ROOT, cmi, no_traceback, one_document

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.platform.model import Platform

pytest.importorskip("kubernetes", reason="the client of clusters is not installed here")

MANIFESTS = ROOT / "examples/shop/kubernetes"


@pytest.fixture
def items() -> list[apiserver.Facts]:
    return apiserver.applied(MANIFESTS, "default")


def said(platform: Platform | None) -> set[tuple[str, str, str]]:
    assert platform is not None
    return {(f.check, f.subject, f.severity) for f in assess(platform)}


def files(tmp_path: Path) -> Platform:
    """Read the manifests as they were applied: without the Secrets, which nobody asks for."""
    folder = tmp_path / "applied"
    folder.mkdir()
    for file in MANIFESTS.glob("*.yaml"):
        if file.name != "kustomization.yaml":
            parts = file.read_text().split("\n---\n")
            kept = [each for each in parts if "kind: Secret" not in each]
            (folder / file.name).write_text("\n---\n".join(kept))
    found = intake([folder]).platform
    assert found is not None
    return found


def test_a_namespace_has_the_findings_of_its_manifests(
    tmp_path: Path, items: list[apiserver.Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    with apiserver.cluster(tmp_path, items) as (settings, asked):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        live = intake(["k8s://lab/default"])
    written = files(tmp_path)

    assert len(said(written)) > 50
    # A cluster serves the version that it speaks now, whatever was applied.
    expected = {each for each in said(written) if each[0] != "removed-api-version"}
    # Files leave the namespace to whoever applies them; a cluster knows which one it became.
    landed = {("default-namespace", "platform", "info")}
    assert said(live.platform) == expected | landed
    assert live.platform is not None
    assert sorted(s.name for s in live.platform.services) == sorted(
        s.name for s in written.services
    )
    assert {(e.source, e.target, e.kind) for e in live.platform.edges} == {
        (e.source, e.target, e.kind) for e in written.edges
    }
    assert {method for method, _ in asked} == {"GET"}
    assert not [path for _, path in asked if "secret" in path.lower()]
    assert sum("continue=" in path for _, path in asked) > 3


def test_places_name_the_object_and_what_a_cluster_cannot_know_is_said(
    tmp_path: Path, items: list[apiserver.Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    with apiserver.cluster(tmp_path, items) as (settings, _):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        live = intake(["k8s://lab/default"])

    assert live.platform is not None
    assert live.source.name == "k8s://lab/default"
    assert "default/Deployment/catalog" in {f.place.file for f in assess(live.platform)}
    assert "Secrets of default" in [each.what for each in live.not_assessed]
    assert all(each.remedy for each in live.not_assessed)


def test_what_may_not_be_listed_is_not_assessed_and_the_rest_is_read(
    tmp_path: Path, items: list[apiserver.Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    with apiserver.cluster(tmp_path, items, forbidden=frozenset({"configmaps"})) as (settings, _):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        live = intake(["k8s://lab/default"])

    assert live.platform is not None
    assert [n.what for n in live.not_assessed if "let this user" in n.reason] == [
        "ConfigMaps of default"
    ]


def test_a_list_that_changed_between_two_pages_begins_anew(
    tmp_path: Path, items: list[apiserver.Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    with apiserver.cluster(tmp_path, items) as (settings, _):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        calm = open_source(["k8s://lab/default"])
    with apiserver.cluster(tmp_path, items, expire=("deployments",)) as (settings, _):
        changed = open_source(["k8s://lab/default"])

    assert dict(changed.files) == dict(calm.files)


@pytest.mark.parametrize(
    ("place", "error", "says"),
    [
        ("k8s://gone/default", SourceError, "no context gone"),
        ("k8s://lab/Not_One", SourceError, "no name of a namespace"),
    ],
)
def test_a_wrong_name_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: type[Exception], says: str
) -> None:
    with apiserver.cluster(tmp_path, []) as (settings, _):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        with pytest.raises(error, match=says):
            read_cluster(locate(place))


def test_an_empty_namespace_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with apiserver.cluster(tmp_path, apiserver.applied(tmp_path, "shop")) as (settings, _):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        with pytest.raises(SourceError, match="Nothing that somebody made") as caught:
            read_cluster(locate("k8s://lab/default"))

    assert caught.value.exit is Exit.NO_PLATFORM


def test_a_cluster_that_does_not_know_us_or_is_gone_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with apiserver.cluster(tmp_path, []) as (settings, _):
        monkeypatch.setenv("KUBECONFIG", str(settings))
        settings.write_text(settings.read_text().replace(apiserver.TOKEN, "old"))
        with pytest.raises(ClusterRefusedError, match="does not know who asks"):
            read_cluster(locate("k8s://lab/default"))
    with pytest.raises(ClusterUnreachableError, match="Nobody answers"):
        read_cluster(locate("k8s://lab/default"))


def test_no_token_and_no_secret_reaches_an_answer(
    tmp_path: Path, items: list[apiserver.Facts]
) -> None:
    with apiserver.cluster(tmp_path, items) as (settings, _):
        answer = cmi(tmp_path, "check", "k8s://lab/default", "--json", KUBECONFIG=str(settings))
        text = cmi(tmp_path, "check", "k8s://lab/default", KUBECONFIG=str(settings))

    assert one_document(answer, "check", Exit.GATE)["candidates"] == []
    no_traceback(answer)
    whole = answer.stdout + answer.stderr + text.stdout + text.stderr
    assert "CANARY" not in whole
    assert "what runs has no files to change" in answer.stdout
