import json
from pathlib import Path

import pytest

from tasks.domain.canonical import plain
from tasks.domain.platform.counts import total
from tasks.domain.platform.sources import Source
from tasks.domain.platform.survey import Form, Surveyed, survey
from tasks.tools.sources import read_source

KEYS = (
    "objects", "kinds", "services", "workloads", "workload_kinds", "containers",
    "init_containers", "compose_services", "images_as_written", "namespaces",
)  # fmt: skip
TARGETS = ("edgex", "online-boutique", "robot-shop", "sock-shop", "train-ticket")


def of(name: str, text: str) -> Surveyed:
    return survey(Source("s", {name: text.encode()}))[0]


@pytest.mark.targets
@pytest.mark.parametrize("target", TARGETS)
def test_counts_as_written_are_those_of_an_independent_script(target: str, targets: Path) -> None:
    expected = json.loads((targets / target / "expected.json").read_text())

    for name, entry in expected.items():
        source = read_source([targets / target / path for path in entry["paths"]])
        found = plain(total(each.tally for each in survey(source)))
        wanted = {key: entry[key] for key in KEYS}
        assert ({key: found[key] for key in KEYS}, source.unread) == (wanted, ()), name


@pytest.mark.targets
def test_every_template_of_a_chart_is_named_as_such(targets: Path) -> None:
    found = survey(read_source([targets / "online-boutique/helm-chart"]))

    unread = [each.unread for each in found if each.unread]
    assert len(unread) == 13
    assert all(each.reason.startswith("template: render it first") for each in unread)


@pytest.mark.targets
def test_templates_are_known_by_their_content_too(targets: Path) -> None:
    found = survey(read_source([targets / "sock-shop/deploy/kubernetes/helm-chart/templates"]))

    assert len(found) == 35
    unread = [each.unread for each in found if each.unread]
    assert len(unread) == 27  # the other eight hold no expression at all
    assert all(each.reason.startswith("template: render it first") for each in unread)


@pytest.mark.parametrize(
    "text",
    [
        "metadata: {{ .x }}",
        "{{- if .x }}\na: b\n{{- end }}",
        "image: a/{{ .tag }}",
        "image: %{IMAGE}%",
        "image: {user}/web",
        "a: {image: x}\n  ${ZERO}b:\n  ${ZERO}  environment:\n  [x",
    ],
)
def test_a_template_wants_to_be_rendered_first(text: str) -> None:
    found = of("web.yaml", text).unread

    assert found is not None
    assert found.reason.startswith("template: render it first")


@pytest.mark.parametrize(
    "text", ['a: "{{ $labels.x }}"', "a: |\n  {{ x }}\n", "a: ${X}", "a: {b: {c: d}}"]
)
def test_braces_in_quotes_and_blocks_are_no_template(text: str) -> None:
    assert of("web.yaml", text).form is Form.OTHER


def test_a_broken_file_is_named_with_its_line() -> None:
    found = of("web.yaml", "a: 1\nb: [\n").unread

    assert found is not None
    assert (found.file, found.line) == ("web.yaml", 3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "azure.yaml",
            "name: x\nservices:\n  api: {project: ./src, language: py, host: appservice}",
        ),
        ("values.yaml", "services:\n  web: {image: nginx, replicaCount: 2}"),
        ("values.yaml", "services:\n  web: {image: nginx}\ningress: {}"),
        ("services.yaml", "services: [web, db]"),
        ("services.yaml", "services:\n  web:\n  db:"),
        ("tsconfig.json", "{/* not JSON */}"),
    ],
)
def test_look_alikes_with_services_are_not_compose(name: str, text: str) -> None:
    assert of(name, text).form is Form.OTHER


def test_version_1_is_refused_with_the_way_out() -> None:
    found = of("docker-compose.yml", "web:\n  image: nginx\n").unread

    assert found is not None
    assert "services:" in found.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("services: {a: {image: x}}", ""),
        ("services: {a: {environment: {B: c}}}", "a has neither image nor build"),
        ("services: {a: {image: x, depends_on: [b]}}", "service b"),
        ("services: {a: {image: x, networks: {n: {}}}}", "network n"),
        ("services: {a: {image: x, volumes: ['data:/x']}}", "volume data"),
        ("services: {a: {image: x, volumes: ['./data:/x', '/y:/z']}}", ""),
        ("services: {a: {image: x, networks: [default]}}", ""),
    ],
)
def test_an_overlay_is_known_by_what_it_lacks(text: str, reason: str) -> None:
    found = of("compose.more.yaml", text)

    assert found.form is Form.COMPOSE
    assert reason in found.incomplete
    assert bool(reason) == bool(found.incomplete)


def test_objects_inside_a_chart_are_counted_but_not_offered_as_manifests() -> None:
    files = {
        "chart/Chart.yaml": b"name: shop",
        "chart/crds/x.yaml": b"apiVersion: v1\nkind: ConfigMap",
        "chart/templates/x.yaml": b"apiVersion: v1\nkind: ConfigMap",
    }

    found = {each.path: each for each in survey(Source("s", files))}

    assert found["chart/crds/x.yaml"].form is Form.OTHER
    assert found["chart/crds/x.yaml"].tally.counts().objects == 1
    assert found["chart/templates/x.yaml"].form is Form.UNREAD
