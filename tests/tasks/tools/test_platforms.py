import json
from pathlib import Path

import pytest

from tasks.domain.exits import Exit
from tasks.domain.platform.intake import Intake, exit_of
from tasks.domain.platform.model import EntryKind
from tasks.tools import platforms
from tasks.tools.opening import open_source
from tasks.tools.platforms import EntryMissingError, intake

COMPOSE = "services:\n  web: {build: .}\n  db: {image: postgres:16, profiles: [debug]}\n"


def looked_at(root: Path, **files: str) -> Intake:
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text)
    return intake([root])


def test_a_platform_comes_with_the_dockerfiles_of_its_images(tmp_path: Path) -> None:
    found = looked_at(tmp_path, compose__yaml=COMPOSE, Dockerfile="FROM debian:12\nUSER 1000\n")

    assert found.platform is not None
    stage = found.platform.dockerfiles["Dockerfile"].stage()
    assert stage is not None
    assert stage.user is not None
    assert (stage.user.value, stage.user.place.line) == ("1000", 2)
    assert "Dockerfile" in found.platform.files


def test_a_broken_dockerfile_is_unread_and_the_rest_is_there(tmp_path: Path) -> None:
    found = looked_at(tmp_path, compose__yaml=COMPOSE, Dockerfile="RUN x\nFROM debian:12\n")

    assert found.platform is not None
    assert len(found.platform.services) == 2
    assert [(u.file, u.line) for u in found.unread] == [("Dockerfile", 1)]
    assert exit_of(found)[0] is Exit.INPUT_UNREAD


def test_nothing_that_defines_a_platform_is_no_error_but_a_result(tmp_path: Path) -> None:
    found = looked_at(tmp_path, readme__yaml="a: 1\n")

    assert (found.entry, found.platform) == (None, None)
    assert exit_of(found)[0] is Exit.NO_PLATFORM


def test_an_unknown_entry_is_a_usage_error_that_lists_the_known(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)

    with pytest.raises(EntryMissingError, match=r"no entry k8s .*compose\.yaml") as caught:
        intake([tmp_path], "k8s")
    assert caught.value.exit is Exit.USAGE


def test_a_chart_that_does_not_render_is_not_assessed_and_counts(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/web.yaml").write_text("a: {{ .Values.x | no_such_function }}")
    found = looked_at(tmp_path, Chart__yaml="apiVersion: v2\nname: shop\nversion: 1.0.0\n")

    assert found.entry is not None
    assert found.entry.kind is EntryKind.HELM
    assert "no_such_function" in found.not_assessed[0].reason
    assert exit_of(found)[0] is Exit.INPUT_UNREAD


def test_a_file_met_twice_is_unread_once(tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s/web.yaml").write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n")
    (tmp_path / "k8s/broken.yaml").write_text("a: [\n")

    assert [u.file for u in intake([tmp_path]).unread] == ["k8s/broken.yaml"]


@pytest.mark.targets
@pytest.mark.parametrize(
    "target", ["edgex", "online-boutique", "robot-shop", "sock-shop", "train-ticket"]
)
def test_compose_entries_come_to_what_docker_compose_says(target: str, targets: Path) -> None:
    expected = json.loads((targets / target / "expected.json").read_text())
    found = {each.entry.paths: each for each in intake([targets / target]).entries}

    for name, entry in expected.items():
        if "resolved" not in entry:
            continue
        wanted = {key: value for key, value in entry["resolved"].items() if key != "by"}
        mine = dict(found[tuple(entry["paths"])].resolved)
        if "error" in wanted:
            before, after = wanted["error"].split("*")
            assert str(mine["error"]).startswith(before), name
            assert str(mine["error"]).endswith(after.split(" on ")[-1]), name
        else:
            assert mine == wanted, name


@pytest.mark.targets
def test_variants_of_a_real_platform_point_at_the_first_of_them(targets: Path) -> None:
    found = {each.entry.id: each.variant_of for each in intake([targets / "train-ticket"]).entries}

    assert found["docker-compose.yml"] == ""
    assert found["deployment/kubernetes-manifests/quickstart-k8s"] == "docker-compose.yml"
    assert found["deployment/kubernetes-manifests/efk-deployment"] == ""


def test_more_entries_than_are_compared_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platforms, "MOST_COMPARED", 2)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yaml").write_text(f"services:\n  {name}: {{image: nginx}}\n")

    found, entries = platforms.intake_all(open_source([tmp_path]))

    assert [each.entry.id for each in entries] == ["a.yaml", "b.yaml"]
    assert [each.what for each in found.not_assessed] == ["1 more entries"]
    assert len(found.entries) == 3
