"""Changes of charts and kustomizations are offered when they hold once rendered again."""

from __future__ import annotations

import importlib.util
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tasks.domain.assess import assess
from tasks.domain.candidates import ProofState
from tasks.domain.conflicts import combine
from tasks.tools.platforms import intake
from tasks.tools.proposals import propose_everywhere
from tasks.tools.roundtrip import prove, prove_together

if TYPE_CHECKING:
    from tasks.domain.platform.intake import Intake
    from tasks.domain.propose import Proposed

SHOP = Path(__file__).parents[3] / "examples/shop"
needs_helm = pytest.mark.skipif(
    importlib.util.find_spec("helm_python") is None, reason="the library for charts is missing"
)
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is missing")
WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: a:1
        imagePullPolicy: Always
"""


def _proposed(folder: Path, entry: str | None = None) -> tuple[Intake, Proposed]:
    seen = intake([folder], entry)
    assert seen.platform is not None
    return seen, propose_everywhere(seen.platform, assess(seen.platform), seen.source)


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@needs_helm
def test_the_shops_chart_gets_changes_in_templates_that_go_round_together() -> None:
    seen, proposed = _proposed(SHOP, "chart")
    assert seen.platform is not None
    findings = assess(seen.platform)
    combined = combine(proposed.candidates, findings, seen.source)
    closes = {f for c in proposed.candidates if c.id in combined.order for f in c.closes}

    proof = prove_together(combined, closes, seen.source, seen.platform, findings)

    assert proof.state is ProofState.PASSED, proof.reason
    assert len(closes) >= 20
    assert {Path(edit.file).parent.name for edit in combined.edits} <= {"templates", "chart"}


@needs_helm
def test_a_change_for_one_round_of_a_loop_never_gives_another_a_key_twice() -> None:
    seen, proposed = _proposed(SHOP, "chart")
    assert seen.platform is not None
    findings = assess(seen.platform)

    states = Counter(
        prove(each, seen.source, seen.platform, findings).state for each in proposed.candidates
    )

    assert set(states) == {ProofState.PASSED}
    assert any("does not render" in each.reason for each in proposed.not_assessed)


@needs_helm
def test_a_value_that_a_template_writes_is_changed_in_the_values(tmp_path: Path) -> None:
    _write(
        tmp_path,
        Chart_yaml="apiVersion: v2\nname: web\nversion: 1.0.0\n",
        values_yaml="# ours\nprivileged: true # for now\nresources: {}\n",
        templates__web_yaml=WORKLOAD
        + "        securityContext:\n          privileged: {{ .Values.privileged }}\n"
        "        resources:\n          {{- toYaml .Values.resources | nindent 10 }}\n",
    )
    _, proposed = _proposed(tmp_path)
    by_kind = {each.kind: each for each in proposed.candidates}

    assert {e.file for e in by_kind["unprivileged"].edits} == {"values.yaml"}
    assert {e.file for e in by_kind["limit-resources"].edits} == {"values.yaml"}
    assert {e.file for e in by_kind["read-only-root"].edits} == {"templates/web.yaml"}


@needs_helm
def test_what_a_helper_makes_is_named_with_the_reason_and_the_remedy(tmp_path: Path) -> None:
    helper = (
        '{{- define "pod" }}\ncontainers:\n- name: web\n  image: a:1\n'
        "  securityContext:\n    privileged: true\n{{- end }}\n"
    )
    _write(
        tmp_path,
        Chart_yaml="apiVersion: v2\nname: web\nversion: 1.0.0\n",
        values_yaml="a: 1\n",
        templates__web_yaml=WORKLOAD.partition("      containers")[0]
        + '      {{- include "pod" . | nindent 6 }}\n',
    )
    (tmp_path / "templates/_pod.tpl").write_text(helper)
    _, proposed = _proposed(tmp_path)
    (missing,) = (n for n in proposed.not_assessed if " unprivileged " in n.what)

    assert "a helper of the chart" in missing.reason
    assert missing.remedy == "Change it by hand, then check again."


@needs_kubectl
def test_a_change_lands_in_the_patch_where_the_patch_decides(tmp_path: Path) -> None:
    patch = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n"
        "    spec:\n      containers:\n      - name: web\n        securityContext:\n"
        "          privileged: true\n"
    )
    _write(
        tmp_path,
        base__kustomization_yaml="resources: [web.yaml]\n",
        base__web_yaml=WORKLOAD,
        over__kustomization_yaml="namePrefix: my-\nresources: [../base]\n"
        "patches: [{path: more.yaml}]\n",
        over__more_yaml=patch,
    )
    seen, proposed = _proposed(tmp_path, "over")
    assert seen.platform is not None
    by_kind = {each.kind: each for each in proposed.candidates}

    assert {e.file for e in by_kind["unprivileged"].edits} == {"over/more.yaml"}
    assert {e.file for e in by_kind["limit-resources"].edits} == {"base/web.yaml"}
    findings = assess(seen.platform)
    for each in proposed.candidates:
        proof = prove(each, seen.source, seen.platform, findings)
        assert proof.state is ProofState.PASSED, (each.kind, proof.reason)


@needs_kubectl
def test_what_a_patch_of_operations_decides_is_not_offered(tmp_path: Path) -> None:
    operation = (
        "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |\n"
        "    - op: add\n      path: /spec/template/spec/containers/0/securityContext\n"
        "      value: {privileged: true}\n"
    )
    _write(tmp_path, kustomization_yaml=operation, web_yaml=WORKLOAD)
    _, proposed = _proposed(tmp_path)

    assert "unprivileged" not in {each.kind for each in proposed.candidates}
    (missing,) = (n for n in proposed.not_assessed if " unprivileged " in n.what)
    assert "something else decides there" in missing.reason


def test_a_real_chart_and_a_real_kustomization_get_changes_that_hold(targets: Path) -> None:
    for place, entry, least in (
        ("robot-shop", "K8s/helm", 60),
        ("online-boutique", "kustomize", 10),
    ):
        seen, proposed = _proposed(targets / place, entry)
        assert seen.platform is not None
        findings = assess(seen.platform)
        combined = combine(proposed.candidates, findings, seen.source)
        closes = {f for c in proposed.candidates if c.id in combined.order for f in c.closes}

        assert len(closes) >= least
        proof = prove_together(combined, closes, seen.source, seen.platform, findings)
        assert proof.state is ProofState.PASSED, (place, proof.reason)
