from pathlib import Path

import pytest

from tasks.domain.platform.entries import (
    UnknownEntryError,
    choose,
    discover,
    files_of,
    find,
)
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.domain.platform.survey import survey
from tasks.tools.sources import read_source

WEB = "services: {web: {image: nginx}}"
TWO = "services: {web: {image: nginx}, db: {image: postgres}}"
OVERLAY = "services: {web: {restart: always}}"
KUSTOMIZATION = "resources: [web.yaml]"


def deployment(*names: str) -> str:
    return "---\n".join(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n" for name in names
    )


def source(files: dict[str, str], *asked: str) -> Source:
    return Source("s", {path: text.encode() for path, text in files.items()}, asked)


def listed(files: dict[str, str], *asked: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(e.kind.value, e.paths) for e in discover(source(files, *asked))]


def test_an_override_is_merged_into_the_set_that_compose_would_take() -> None:
    files = {"compose.yaml": WEB, "compose.override.yaml": OVERLAY, "docker-compose.yml": TWO}

    assert listed(files) == [
        ("compose", ("compose.yaml", "compose.override.yaml")),
        ("compose", ("docker-compose.yml",)),
    ]


def test_an_overlay_says_what_it_lacks_and_what_to_name_before_it() -> None:
    entries = discover(source({"compose.yaml": WEB, "compose.prod.yaml": OVERLAY}))

    assert [e.default for e in entries] == [True, False]
    assert "neither image nor build" in entries[1].why
    assert "after compose.yaml" in entries[1].why


def test_files_named_in_order_are_one_compose_entry_in_that_order() -> None:
    files = {"a.yaml": OVERLAY, "compose.yaml": WEB, "compose.override.yaml": OVERLAY}

    assert listed(files, "compose.yaml", "a.yaml") == [("compose", ("compose.yaml", "a.yaml"))]


def test_a_file_named_alone_takes_no_override_with_it() -> None:
    files = {"compose.yaml": WEB, "compose.override.yaml": OVERLAY}

    assert listed(files, "compose.yaml") == [("compose", ("compose.yaml",))]


def test_a_chart_is_one_entry_and_its_parts_are_none() -> None:
    files = {
        "shop/Chart.yaml": "name: shop",
        "shop/values.yaml": "services: {web: {image: nginx}}",
        "shop/templates/web.yaml": deployment("web"),
        "shop/charts/db/Chart.yaml": "name: db",
        "lib/Chart.yaml": "name: lib\ntype: library",
    }

    assert listed(files) == [("helm", ("shop",))]


def test_manifests_of_a_kustomization_belong_to_it_and_components_do_not_run_alone() -> None:
    files = {
        "base/kustomization.yaml": KUSTOMIZATION,
        "base/web.yaml": deployment("web"),
        "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-",
        "extra/kustomization.yaml": "kind: Component",
    }

    found = {f.entry.id: f.runs for f in find(source(files), survey(source(files)))}

    assert found == {"base": frozenset({"web"}), "prod": frozenset({"web"})}


def test_references_that_climb_out_or_go_in_circles_end() -> None:
    files = {
        "a/kustomization.yaml": "resources: [../b, ../../../etc, .]",
        "b/kustomization.yaml": "resources: [../a, http://x/y]",
    }

    assert {paths for _, paths in listed(files)} == {("a",), ("b",)}


def test_what_compose_up_starts_in_the_root_comes_before_what_is_larger() -> None:
    entries = discover(source({"compose.yaml": WEB, "k8s/all.yaml": deployment("a", "b", "c")}))

    assert (entries[0].id, entries[0].default) == ("compose.yaml", True)
    assert "docker compose up" in entries[0].why


def test_examples_and_tests_come_last() -> None:
    files = {"tests/compose.yaml": TWO, "deploy/compose.yaml": WEB}

    assert [paths for _, paths in listed(files)] == [
        ("deploy/compose.yaml",),
        ("tests/compose.yaml",),
    ]


def test_two_entries_of_one_folder_have_different_ids() -> None:
    files = {
        "x/Chart.yaml": "name: x",
        "x/kustomization.yaml": KUSTOMIZATION,
        "x/web.yaml": deployment("web"),
    }

    assert [e.id for e in discover(source(files))] == ["x", "x:kustomize"]


@pytest.mark.parametrize("wanted", ["k8s", "./k8s/", "k8s/"])
def test_an_entry_is_chosen_by_id_or_path(wanted: str) -> None:
    entries = (
        Entry("compose.yaml", EntryKind.COMPOSE, ("compose.yaml",), default=True),
        Entry("k8s", EntryKind.KUBERNETES, ("k8s",)),
    )

    assert choose(entries, wanted) is entries[1]
    assert choose(entries) is entries[0]


def test_an_unknown_entry_is_answered_with_the_known_ones() -> None:
    entries = discover(source({"compose.yaml": WEB, "k8s/web.yaml": deployment("web")}))

    with pytest.raises(UnknownEntryError, match=r"no entry nowhere .*compose\.yaml, k8s"):
        choose(entries, "nowhere")


def test_nothing_to_choose_from_is_no_error() -> None:
    assert choose(()) is None


def test_a_folder_stands_for_all_files_below_it() -> None:
    files = {"k8s/b.yaml": "", "k8s/a/c.yaml": "", "k8s.yaml": ""}

    folder = files_of(source(files), Entry("k8s", EntryKind.KUBERNETES, ("k8s",)))
    root = files_of(source(files), Entry("helm", EntryKind.HELM, (".",)))

    assert folder == ("k8s/a/c.yaml", "k8s/b.yaml")
    assert set(root) == set(files)


# What people who know these platforms call the entry to use (their ORIGIN.md).
@pytest.mark.targets
@pytest.mark.parametrize(
    ("target", "default"),
    [
        ("edgex", "docker-compose.yml"),
        ("online-boutique", "release/kubernetes-manifests.yaml"),
        ("robot-shop", "docker-compose.yaml"),
        ("sock-shop", "deploy/docker-compose/docker-compose.yml"),
        ("train-ticket", "docker-compose.yml"),
    ],
)
def test_the_default_of_a_real_platform_is_the_one_to_use(
    target: str, default: str, targets: Path
) -> None:
    entries = discover(read_source([targets / target]))

    assert [e.id for e in entries if e.default] == [default]


@pytest.mark.targets
def test_the_variants_of_a_real_platform_are_listed_one_by_one(targets: Path) -> None:
    entries = discover(read_source([targets / "train-ticket/deployment/kubernetes-manifests"]))

    assert {e.id for e in entries} == {
        "efk-deployment", "k8s-with-istio", "k8s-with-jaeger", "prometheus-deployment",
        "quickstart-k8s", "quickstart-k8s-pvc-nfs",
    }  # fmt: skip
