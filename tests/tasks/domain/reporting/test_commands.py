from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from tasks.domain.platform.model import Entry, EntryKind, Platform
from tasks.domain.reporting import commands
from tests.bundles import PLATFORM, place, service

NAMES = ["a; rm -rf /", "$(id)", "`id`", "a\nb", "-f", "it's", "a b", "../../x"]


def cluster(kind: EntryKind, *paths: str) -> Platform:
    web = replace(service("web", 1), kind="Deployment", namespace="shop")
    job = replace(service("load", 1), kind="Job", place=replace(place(1), file="job.yaml"))
    files = ("compose.yaml", "config.yaml", "job.yaml", "notes.txt")
    return Platform(Entry("x", kind, paths), services=(web, job), files=files)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_one_word_on_one_line(name: str) -> None:
    hostile = replace(PLATFORM, services=(service(name, 1),))
    line = commands.start(hostile, hostile.services)

    assert "\n" not in line
    words = "docker compose -f compose.yaml up -d --wait" + (" --" if name[0] == "-" else "")
    assert shlex.split(line)[:-1] == words.split()
    assert shlex.split(line)[-1] == name.replace("\n", " ")


def test_compose_is_called_on_exactly_the_files_of_the_entry() -> None:
    entry = Entry("x", EntryKind.COMPOSE, ("a.yaml", "b c.yaml"))

    assert commands.bring_in(replace(PLATFORM, entry=entry)) == [
        "docker compose -f a.yaml -f 'b c.yaml' up -d --wait"
    ]


@pytest.mark.parametrize(
    ("kind", "paths", "expected"),
    [
        (EntryKind.KUSTOMIZE, ("k8s/base",), "kubectl apply -k k8s/base"),
        (
            EntryKind.HELM,
            ("charts/shop",),
            "helm upgrade --install shop charts/shop --wait --timeout 10m",
        ),
        (
            EntryKind.KUBERNETES,
            ("k8s",),
            "kubectl apply -f compose.yaml -f config.yaml -f job.yaml",
        ),
    ],
)
def test_each_packaging_is_brought_in_by_its_own_program(
    kind: EntryKind, paths: tuple[str, ...], expected: str
) -> None:
    assert commands.bring_in(cluster(kind, *paths)) == [expected]


def test_manifests_in_several_files_go_step_by_step_and_others_first() -> None:
    made = cluster(EntryKind.KUBERNETES, "k8s")

    assert commands.by_step(made)
    assert commands.without_workloads(made) == ["config.yaml"]
    assert commands.start(made, made.services[:1]) == "kubectl apply -f compose.yaml"
    assert not commands.by_step(cluster(EntryKind.HELM, "c"))


def test_a_workload_is_waited_for_and_undone_where_its_kind_allows() -> None:
    made = cluster(EntryKind.KUBERNETES, "k8s")
    web, job = made.services

    assert commands.wait(web) == "kubectl rollout status deployment/web -n shop --timeout=300s"
    assert commands.wait(job) == "kubectl wait --for=condition=complete job/load --timeout=300s"
    assert commands.wait(replace(job, kind="Pod")) is not None
    assert commands.wait(PLATFORM.services[0]) is None
    assert commands.undo(made, made.services) == ["kubectl rollout undo deployment/web -n shop"]
    assert commands.undo(cluster(EntryKind.HELM, "shop"), ())[-1] == "helm rollback shop --wait"


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_packaging_can_be_looked_at_and_validated(kind: EntryKind) -> None:
    made = cluster(kind, "shop")

    assert all(commands.look(made, made.services[0]))
    assert all("dry-run" in line or "config --quiet" in line for line in commands.validate(made))
