from collections import Counter
from pathlib import Path

import pytest

from tasks.domain.canonical import plain
from tasks.domain.platform.counts import Tally
from tasks.domain.platform.documents import parse
from tasks.domain.platform.entries import discover
from tasks.domain.platform.kubernetes.objects import manifests
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.kubernetes.rendered import Rendered
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.tools import helm
from tasks.tools.errors import ToolError
from tasks.tools.helm import release_name, render
from tasks.tools.sources import read_source

CHART = b"apiVersion: v2\nname: shop\nversion: 1.0.0\n"
TEMPLATE = b"""\
{{- if .Values.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  {{- with .Values.labels }}
  labels: {{ toYaml . | nindent 4 }}
  {{- end }}
data:
  KEY: {{ .Values.key | quote }}
{{- end }}
"""
VALUES = b"enabled: true\nkey: v\nlabels: {a: b}\n"
ENTRY = Entry("chart", EntryKind.HELM, ("chart",))


def chart(**more: bytes) -> Source:
    files = {"chart/Chart.yaml": CHART, "chart/values.yaml": VALUES}
    return Source("s", files | {f"chart/templates/{name}": text for name, text in more.items()})


def counted(rendered: Rendered) -> dict[str, object]:
    tally = Tally()
    for document in rendered.documents:
        for manifest in manifests(document):
            tally.take_manifest(manifest)
    found: dict[str, object] = plain(tally.counts())
    return found


@pytest.mark.targets
@pytest.mark.parametrize(
    ("target", "folder"),
    [
        ("online-boutique", "helm-chart"),
        ("robot-shop", "K8s/helm"),
        ("sock-shop", "deploy/kubernetes/helm-chart"),
    ],
)
def test_a_real_chart_renders_to_what_helm_makes_of_it(
    target: str, folder: str, targets: Path
) -> None:
    source = read_source([targets / target])
    entry = next(e for e in discover(source) if e.paths == (folder,))
    recorded = (targets / target / "rendered/helm-default-values.yaml").read_text()

    found = counted(render(source, entry))

    assert found == counted(Rendered(parse("x", recorded))) | {"namespaces": found["namespaces"]}


def test_rendered_objects_keep_their_template_and_the_line_that_matches() -> None:
    rendered = render(chart(**{"web.yaml": TEMPLATE}), ENTRY)

    (found,) = (m for d in rendered.documents for m in manifests(d))
    assert (found.name, found.kind) == ("chart", "ConfigMap")
    places = {
        name: found.field.get(*path).place
        for name, path in {
            "kind": ("kind",),
            "name": ("metadata", "name"),
            "key": ("data", "KEY"),
        }.items()
    }
    assert {p.file for p in places.values()} == {"chart/templates/web.yaml"}
    assert {name: p.line for name, p in places.items()} == {"kind": 3, "name": 5, "key": 10}
    assert "nearest" in rendered.not_assessed[0].reason


def test_a_template_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm, "LIMIT", helm.LIMIT / 10)
    loop = b"{{- range $a := until 1000000 }}{{- range $b := until 1000000 }}x{{ end }}{{ end }}"

    with pytest.raises(ToolError):
        render(chart(**{"loop.yaml": loop}), ENTRY)


def test_a_chart_sees_no_file_outside_itself(tmp_path: Path) -> None:
    (tmp_path / "chart/templates").mkdir(parents=True)
    (tmp_path / "chart/Chart.yaml").write_bytes(CHART)
    (tmp_path / "secret.txt").write_text("hunter2")
    (tmp_path / "chart/link.txt").symlink_to("../secret.txt")
    (tmp_path / "chart/templates/x.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
        'data:\n  A: {{ .Files.Get "../secret.txt" | quote }}\n'
        '  B: {{ .Files.Get "link.txt" | quote }}\n'
    )
    source = read_source([tmp_path])

    rendered = render(source, ENTRY)

    assert len(rendered.documents) == 1
    assert "hunter2" not in repr(rendered)


def test_a_cluster_is_never_asked() -> None:
    lookup = b'apiVersion: v1\nkind: Pod\nmetadata: {name: x{{ len (lookup "v1" "Pod" "" "") }}}\n'

    platform = read(chart(), ENTRY, render(chart(**{"x.yaml": lookup}), ENTRY))

    assert [o.name for o in platform.objects] == ["x0"]


def test_a_broken_rendering_is_unread_and_the_others_stay() -> None:
    good = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"

    rendered = render(chart(**{"bad.yaml": b"a: [\n", "good.yaml": good}), ENTRY)

    assert [u.file for u in rendered.unread] == ["chart/templates/bad.yaml"]
    assert Counter(d.file for d in rendered.documents) == {"chart/templates/good.yaml": 1}


@pytest.mark.parametrize(
    ("path", "name"),
    [("deploy/My_Shop", "my-shop"), (".", "platform"), ("...", "release"), ("a" * 99, "a" * 40)],
)
def test_a_release_has_a_name_that_helm_accepts(path: str, name: str) -> None:
    assert release_name(Source("x/platform/", {}), Entry("e", EntryKind.HELM, (path,))) == name
