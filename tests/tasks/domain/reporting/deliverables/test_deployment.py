from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tasks.domain.platform.containers import Build, HealthProbe, Mount
from tasks.domain.platform.model import (
    Edge,
    Entry,
    EntryKind,
    Platform,
    Unread,
)
from tasks.domain.reporting.deliverables.deployment import deployment_document
from tests.bundles import FILE, PLATFORM, place, service


def english(platform: Platform, *, patched: bool = True) -> str:
    return deployment_document(platform, patched=patched).texts["en"]


def test_steps_follow_the_needs_and_each_ends_with_a_check() -> None:
    text = english(PLATFORM)

    assert re.findall(r"--wait (\w+)$", text, re.MULTILINE) == ["db", "orders", "web"]
    assert text.count("Check before you go on:") == 3
    assert "- `web`: port 80 answers" in text


def test_a_service_that_ends_is_waited_for_until_it_has() -> None:
    edges = (Edge("web", "orders", "depends_on", place(5), "service_completed_successfully"),)
    text = english(replace(PLATFORM, edges=edges))

    assert re.findall(r"compose.yaml wait (.+)$", text, re.MULTILINE) == ["orders"]
    assert text.index("--wait db orders") < text.index("compose.yaml wait orders")
    assert "- `orders`: has completed" in text
    assert "- `db`: runs. It has no health check" in text
    assert "wait" not in english(PLATFORM).replace("--wait", "")


def test_a_service_without_a_health_check_is_said_to_prove_nothing() -> None:
    probe = HealthProbe("health", place(1), "services.web.healthcheck")
    box = replace(PLATFORM.services[0].containers[0], probes=(probe,))
    checked = replace(PLATFORM.services[0], containers=(box,))
    text = english(replace(PLATFORM, services=(checked, *PLATFORM.services[1:])))

    assert "- `web`: reports healthy" in text
    assert "- `db`: runs. It has no health check" in text


def test_what_keeps_data_is_named_before_anything_starts() -> None:
    mounts = (
        Mount("volume", "data", "/var/lib/db", place(1), "x"),
        Mount("bind", "./conf", "/etc/db", place(1), "x", read_only=True),
    )
    box = replace(PLATFORM.services[2].containers[0], mounts=mounts, image=None)
    box = replace(box, build=Build(".", place(1), "x"))
    keeping = replace(PLATFORM.services[2], containers=(box,))
    made = replace(
        PLATFORM, services=(*PLATFORM.services[:2], keeping), unread=(Unread(FILE, 1, "x"),)
    )
    text = english(made)

    assert text.index("| `db` | `data` |") < text.index("## Step 1")
    assert "./conf" not in text
    assert "built from source first: `db`" in text
    assert "2 images must be reachable" in text
    assert "1 input could not be read" in text


def test_a_circle_is_started_together_and_said_so() -> None:
    edges = (*PLATFORM.edges, Edge("db", "web", "reference", place(3)))

    assert "in a circle and are started together: `db`, `orders`, `web`" in english(
        replace(PLATFORM, edges=edges)
    )


def test_a_chart_goes_in_whole_and_its_workloads_are_waited_for_in_order() -> None:
    services = tuple(replace(each, kind="Deployment") for each in PLATFORM.services)
    entry = Entry("shop", EntryKind.HELM, ("charts/shop",))
    text = english(replace(PLATFORM, entry=entry, services=services))

    assert text.index("helm upgrade --install shop charts/shop") < text.index("deployment/db")
    assert text.index("deployment/db") < text.index("deployment/web")
    assert "helm rollback shop" in text


def test_manifests_without_workloads_come_first_and_rollback_goes_backwards() -> None:
    services = tuple(
        replace(each, kind="Deployment", place=replace(each.place, file=f"{each.name}.yaml"))
        for each in PLATFORM.services
    )
    entry = Entry("k8s", EntryKind.KUBERNETES, ("k8s",))
    files = ("config.yaml", "db.yaml", "orders.yaml", "web.yaml")
    text = english(replace(PLATFORM, entry=entry, services=services, files=files), patched=False)

    assert text.index("kubectl apply -f config.yaml") < text.index("kubectl apply -f db.yaml")
    assert text.index("undo deployment/web") < text.index("undo deployment/db")
    assert "git apply" not in text


def test_a_platform_without_doors_says_so() -> None:
    assert "Nothing is published" in english(replace(PLATFORM, services=(service("db", 1),)))


@pytest.mark.parametrize("name", ["<script>", "=cmd|x", "../../x", "a|b", "a\n# b", "```"])
def test_hostile_names_stay_text_in_both_languages(name: str) -> None:
    hostile = replace(PLATFORM, services=(service(name, 1, host=80), *PLATFORM.services[1:]))
    render = MarkdownIt("commonmark", {"html": True}).enable("table").render
    for language, text in deployment_document(hostile, patched=True).texts.items():
        calm = deployment_document(PLATFORM, patched=True).texts[language]

        assert "<script" not in render(text)
        assert render(text).count("<h1>") == render(calm).count("<h1>")
