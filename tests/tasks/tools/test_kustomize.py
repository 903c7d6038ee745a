from pathlib import Path

import pytest

from tasks.domain.platform.documents import parse
from tasks.domain.platform.entries import discover
from tasks.domain.platform.kubernetes.objects import Manifest, manifests
from tasks.domain.platform.kubernetes.rendered import Rendered
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.tools.errors import PermanentToolError, ProgramFailedError
from tasks.tools.kustomize import closure, render
from tasks.tools.sources import read_source

WEB = b"""\
# The web.
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: log
          image: fluent
        - name: web
          image: nginx
"""
BASE = {"base/kustomization.yaml": b"resources: [web.yaml]", "base/web.yaml": WEB}
PROD = b"""\
resources: [../base]
namePrefix: prod-
images: [{name: nginx, newTag: '1.25'}]
configMapGenerator: [{name: settings, literals: [A=b]}]
"""
ENTRY = Entry("prod", EntryKind.KUSTOMIZE, ("prod",))


def objects(rendered: Rendered) -> list[Manifest]:
    return [m for d in rendered.documents for m in manifests(d)]


@pytest.mark.targets
def test_a_real_base_builds_to_what_kustomize_makes_of_it(targets: Path) -> None:
    source = read_source([targets / "online-boutique"])
    entry = next(e for e in discover(source) if e.id == "kustomize/base")
    recorded = parse("x", (targets / "online-boutique/rendered/kustomize-base.yaml").read_text())

    found = [m.label for m in objects(render(source, entry))]

    assert found == [m.label for m in objects(Rendered(recorded))]


def test_each_field_is_placed_in_the_file_that_it_came_from() -> None:
    rendered = render(Source("s", {**BASE, "prod/kustomization.yaml": PROD}), ENTRY)

    web = next(m for m in objects(rendered) if m.kind == "Deployment")
    image = web.field.get("spec", "template", "spec", "containers").items()[1].get("image")
    assert (web.name, image.text()) == ("prod-web", "nginx:1.25")
    assert (image.place.file, image.place.line, image.place.column) == ("base/web.yaml", 12, 18)
    assert not web.field.get("metadata", "annotations", "config.kubernetes.io/origin")


def test_what_a_generator_made_is_placed_at_the_kustomization() -> None:
    rendered = render(Source("s", {**BASE, "prod/kustomization.yaml": PROD}), ENTRY)

    settings = next(m for m in objects(rendered) if m.kind == "ConfigMap")
    assert settings.field.place.file == "prod/kustomization.yaml"


@pytest.mark.parametrize(
    "text",
    [
        b"resources: [https://example.org/base?ref=v1]",
        b"resources: [github.com/example/base]",
        b"bases: ['git@example.org:base.git']",
        b"components: [../../outside]",
        b"resources: [/etc/passwd]",
        b"patches: [{path: 'https://example.org/patch.yaml'}]",
        b"configMapGenerator: [{name: x, files: ['a=https://example.org/a']}]",
    ],
)
def test_what_is_not_in_the_source_is_refused_before_anything_runs(text: bytes) -> None:
    source = Source("s", {**BASE, "prod/kustomization.yaml": text})

    with pytest.raises(PermanentToolError, match="not in the source"):
        list(closure(source, "prod"))


def test_a_login_in_a_reference_is_not_shown() -> None:
    text = b"resources: ['https://user:hunter2@example.org/x']"

    with pytest.raises(PermanentToolError) as caught:
        list(closure(Source("s", {"prod/kustomization.yaml": text}), "prod"))
    assert "hunter2" not in str(caught.value)


def test_kustomizations_in_a_circle_end_with_a_sentence() -> None:
    files = {
        "prod/kustomization.yaml": b"resources: [../a]",
        "a/kustomization.yaml": b"resources: [../prod]",
    }

    assert list(closure(Source("s", files), "prod")) == list(files)
    with pytest.raises(ProgramFailedError, match=r"does not build: .*cycle detected") as first:
        render(Source("s", files), ENTRY)
    with pytest.raises(ProgramFailedError) as second:
        render(Source("s", files), ENTRY)
    assert str(first.value) == str(second.value)  # no time, process or private folder in it


def test_a_broken_kustomization_is_named() -> None:
    with pytest.raises(PermanentToolError, match=r"prod/kustomization\.yaml:2"):
        render(Source("s", {"prod/kustomization.yaml": b"resources: [\n"}), ENTRY)
