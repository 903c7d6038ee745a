"""A namespace is what its files say: over the real client, against a real server's answers.

The answers are recordings (`tests/recorded`). What is compared with them are the files that
were applied to that server.
"""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.answers import answered
from tasks.domain.assess import assess
from tasks.domain.exits import Exit
from tasks.domain.platform.live.defaults import written
from tasks.domain.platform.live.kinds import CUSTOM
from tasks.domain.platform.live.objects import named
from tasks.domain.platform.locations import locate
from tasks.tools.cluster import read_cluster
from tasks.tools.lists import ClusterRefusedError, ClusterUnreachableError
from tasks.tools.opening import open_source
from tasks.tools.platforms import intake
from tasks.tools.sources import SourceError
from tests.commands import cmi, no_traceback, one_document
from tests.recorded.applied import SCENES, documents, of_all
from tests.recorded.recording import HERE, Answer, recording
from tests.recorded.replayer import replayed

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.domain.platform.intake import Intake
    from tasks.domain.platform.model import Platform
    from tests.recorded.recording import Facts

pytest.importorskip("kubernetes", reason="the client of clusters is not installed here")

FILLED = ("shop", "depot")
_SCENES = {scene.name: scene for scene in SCENES}


def applied(name: str) -> list[Facts]:
    """Give what was applied to a namespace and can be seen there: no Secret, no definition."""
    scene = _SCENES[name]
    assert scene.folder
    return [
        document | {"metadata": document["metadata"] | {"namespace": scene.namespace}}
        for document in documents(scene.folder)
        if document["kind"] != "Secret" and not of_all(document)
    ]


def files(name: str, folder: Path) -> Platform:
    """Read what was applied, as files."""
    place = folder / "applied"
    place.mkdir()
    for number, document in enumerate(applied(name)):
        (place / f"{number:02}.yaml").write_text(json.dumps(document))
    found = intake([place]).platform
    assert found is not None
    return found


def live(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Intake:
    """Read what the server answered."""
    with replayed(name, folder) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        found = intake([f"k8s://lab/{replay.recorded.namespace}"])
    assert found.platform is not None
    assert replay.unasked == []
    return found


def comparable(value: Any) -> Any:
    """Leave out ports of nodes, which a server draws, and quantities, which it writes its way.

    What is read of quantities is compared by the findings.
    """
    if isinstance(value, list):
        return [comparable(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {k: comparable(v) for k, v in value.items() if k not in ("nodePort", "resources")}


def said(platform: Platform | None) -> set[tuple[str, str, str]]:
    assert platform is not None
    return {(f.check, f.subject, f.severity) for f in assess(platform)}


@pytest.fixture(scope="module", params=FILLED)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Platform, Platform]:
    """Give a platform as its files have it, and as the server has it."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        running = live(request.param, folder, patch).platform
    assert running is not None
    return files(request.param, folder), running


def test_a_namespace_has_the_findings_of_its_files(both: tuple[Platform, Platform]) -> None:
    on_file, running = both

    assert len(said(on_file)) > 50
    assert said(running) == said(on_file)


def test_a_namespace_is_the_platform_of_its_files(both: tuple[Platform, Platform]) -> None:
    on_file, running = both

    assert len(on_file.services) > 5
    assert sorted((s.kind, s.name, len(s.containers)) for s in running.services) == sorted(
        (s.kind, s.name, len(s.containers)) for s in on_file.services
    )
    assert {(e.source, e.target, e.kind) for e in running.edges} == {
        (e.source, e.target, e.kind) for e in on_file.edges
    }
    assert {(e.kind, e.name, e.type, e.targets) for e in running.endpoints} == {
        (e.kind, e.name, e.type, e.targets) for e in on_file.endpoints
    }
    assert sorted((o.kind, o.name) for o in running.objects) == sorted(
        (o.kind, o.name) for o in on_file.objects
    )


@pytest.mark.parametrize("name", FILLED)
def test_what_somebody_wrote_comes_back_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with replayed(name, tmp_path) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        found = {path: json.loads(data) for path, data in open_source(["k8s://lab/"]).files.items()}
    wanted = {named(document): written(document) for document in applied(name)}

    assert list(found) == sorted(wanted)
    for path, document in wanted.items():
        assert comparable(found[path]) == comparable(document)


def test_the_recordings_hold_what_controllers_make() -> None:
    """Without it the other tests would show that servers add little."""
    served = [item for name in FILLED for item in recording(name).objects()]
    found = {(item["kind"], item["metadata"]["name"]): item for item in served}

    assert {"ReplicaSet", "Pod"} <= {kind for kind, _ in found}
    assert ("PersistentVolumeClaim", "data-shelf-0") in found
    assert ("ConfigMap", "kube-root-ca.crt") in found
    assert found["Deployment", "desk"]["spec"]["replicas"] == 3  # the least of its autoscaler


def test_it_is_only_read_page_by_page_and_nobody_asks_for_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replayed("shop", tmp_path) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        read_cluster(locate("k8s://lab/"))

    lists = [path for _, path in replay.asked if "/namespaces/" in path]
    assert {method for method, _ in replay.asked} == {"GET"}
    assert not [path for path in lists if "secret" in path.lower()]
    assert all("limit=" in path for path in lists)
    assert sum("continue=" in path for path in lists) > 3


def test_places_name_the_object_and_what_a_cluster_cannot_know_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = live("depot", tmp_path, monkeypatch)

    assert found.platform is not None
    assert found.source.name == "k8s://lab/cmi-depot"
    assert "cmi-depot/Deployment/carts" in {f.place.file for f in assess(found.platform)}
    missing = [each.what for each in found.not_assessed]
    assert "Secrets of cmi-depot" in missing
    assert "Wagon.depots.example.org (2)" in missing
    assert "whether files set the copies that autoscalers set in cmi-depot" in missing
    assert all(each.remedy for each in found.not_assessed)


def test_what_may_not_be_listed_is_not_assessed_and_not_taken_for_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = live("limited", tmp_path, monkeypatch)
    whole = files("depot", tmp_path)

    refused = {e.what.split()[1] for e in seen.not_assessed if "let this user" in e.reason}
    assert {"Pod", "StatefulSet", "NetworkPolicy", "LimitRange", "Wagon"} <= refused
    remedies = {e.what.split()[1]: e.remedy for e in seen.not_assessed if e.what[:6] == "every "}
    assert "view" in remedies["Pod"]
    # The role `view` of the server does not show these.
    assert not [k for k in ("Role", "RoleBinding", "Wagon") if "view" in remedies[k]]
    assert not refused & {"Deployment", "DaemonSet", "Service", "ConfigMap"}
    assert seen.platform is not None
    assert {s.kind for s in seen.platform.services} == {"Deployment", "DaemonSet"}
    # Nothing is said of it that its files do not say, and what nobody can say is named.
    assert said(seen.platform) < said(whole)
    left = {
        e.what.removeprefix("check ")
        for e in answered(seen).not_assessed
        if "nobody saw" in e.reason
    }
    assert {"no-network-policy", "no-memory-limit", "dangling-dependency"} <= left
    assert not left & {check for check, _, _ in said(seen.platform)}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/apis/depots.example.org/v1", "custom resources of depots.example.org/v1"),
        ("/apis/depots.example.org/v1/namespaces/cmi-depot/wagons", "every Wagon of cmi-depot"),
    ],
)
def test_a_custom_resource_whose_server_is_away_does_not_stop_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, says: str
) -> None:
    with replayed("depot", tmp_path) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        replay.waiting["GET", path] = deque([Answer("GET", path, 503, {"kind": "Status"})])
        source = read_cluster(locate("k8s://lab/"))

    (missing,) = (each for each in source.not_assessed if each.what == says)
    assert "does not tell of them now" in missing.reason
    assert set(source.unseen) & {CUSTOM, "Wagon"}
    assert "cmi-depot/Deployment/desk" in source.files
    assert not [name for name in source.files if "Wagon" in name]


def test_a_list_that_changed_between_two_pages_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = [answer.path for answer in recording("expired").answers if answer.status == 410]

    assert len(over) == 1
    assert "/services?continue=" in over[0]
    with replayed("depot", tmp_path) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        calm = open_source(["k8s://lab/"])
    with replayed("expired", tmp_path):
        changed = open_source(["k8s://lab/"])
    assert dict(changed.files) == dict(calm.files)


@pytest.mark.parametrize("name", ["empty", "gone"])
def test_a_namespace_with_nothing_in_it_or_that_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with replayed(name, tmp_path) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        with pytest.raises(SourceError, match="Nothing that somebody made is in") as caught:
            read_cluster(locate("k8s://lab/"))

    assert caught.value.exit is Exit.NO_PLATFORM


def test_a_cluster_that_does_not_know_us_or_is_gone_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replayed("stranger", tmp_path) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        with pytest.raises(ClusterRefusedError, match="does not know who asks"):
            read_cluster(locate("k8s://lab/"))
    assert len(replay.asked) == 1
    with pytest.raises(ClusterUnreachableError, match="Nobody answers"):
        read_cluster(locate("k8s://lab/"))


@pytest.mark.parametrize("last", [1, 5, 20])
def test_a_cluster_that_dies_in_the_middle_is_not_half_a_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    with replayed("shop", tmp_path, last=last) as replay:
        monkeypatch.setenv("KUBECONFIG", str(replay.settings))
        with pytest.raises(ClusterUnreachableError, match="Nobody answers"):
            read_cluster(locate("k8s://lab/"))

    assert len(replay.asked) == last


def test_no_token_and_no_secret_reaches_an_answer(tmp_path: Path) -> None:
    answers = []
    for more in (["--json"], []):
        with replayed("shop", tmp_path) as replay:
            settings = str(replay.settings)
            answers.append(cmi(tmp_path, "check", "k8s://lab/", *more, KUBECONFIG=settings))

    document = one_document(answers[0], "check", Exit.GATE)
    assert document["candidates"] == []
    no_traceback(answers[0])
    whole = "".join(each.stdout + each.stderr for each in answers)
    assert "CANARY" not in whole
    # Passwords in the settings of the shop: the server has them, an answer has not.
    assert "teapot-and-tray" in json.dumps(recording("shop").objects())
    assert "teapot" not in whole
    assert "what runs has no files to change" in answers[0].stdout


def test_recordings_tell_nothing_of_the_machine_that_they_were_made_on() -> None:
    for file in HERE.glob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert "BEGIN CERTIFICATE-----\\nMII" not in text
        assert not [w for w in ("hostIP", "nodeName", "podIP") if f'"{w}":' in text]
        assert "Bearer" not in text
