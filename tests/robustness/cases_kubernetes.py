"""Rows about Kubernetes: templates, unknown and removed kinds, quantities, objects twice."""

from __future__ import annotations

from tasks.domain.exits import Exit
from tests.robustness.case import ASSESSED, POD, Case
from tests.robustness.cases_yaml import CANARY, MAP

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
      - name: NAME
        image: nginx:1.27
"""


def _deployment(name: str, more: str = "") -> str:
    return DEPLOYMENT.replace("NAME", name) + more


def _limits(memory: str, request: str = "") -> str:
    asked = f"\n          requests: {{memory: {request}}}" if request else ""
    return f"        resources:\n          limits: {{memory: {memory}}}{asked}\n"


def _beside(text: str, name: str = "odd.yaml") -> dict[str, str | bytes]:
    return {name: text, "good.yaml": POD}


_GOOD = f"{ASSESSED}good"

KUBERNETES = (
    Case(
        "12-node-selector-twice",
        "`nodeSelector` twice",
        {"twice.yaml": POD + "  nodeSelector: {disk: ssd}\n  nodeSelector: {disk: hdd}\n"},
        Exit.DONE,
        (r"twice\.yaml:10\b.*nodeSelector.*line 9", ASSESSED),
    ),
    Case(
        "12-image-twice-manifest",
        "`image` twice in a container: the last one runs",
        {"twice.yaml": POD + "    image: nginx:latest\n"},
        Exit.DONE,
        (r"twice\.yaml:9\b.*image.*line 7", r"^finding floating-image-tag twice\.yaml:9:"),
    ),
    Case(
        "13-unknown-kind",
        "objects that no cluster knows",
        _beside(
            "apiVersion: v1\nkind: Wheel\nmetadata: {name: a}\n---\n"
            "apiVersion: nobody.example/v7\nkind: Wheel\nmetadata: {name: b}\n"
        ),
        Exit.DONE,
        (r"^not assessed Wheel \(1\)", r"^not assessed Wheel\.nobody\.example \(1\)", _GOOD),
    ),
    Case(
        "13-removed-version",
        "an API version that is gone",
        {"old.yaml": _deployment("old").replace("apps/v1", "extensions/v1beta1")},
        Exit.DONE,
        (r"^finding removed-api-version old\.yaml:1:.*apps/v1",),
    ),
    Case(
        "13-custom-resource",
        "custom resources without their definition",
        _beside(
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\n---\n"
            "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: b}\n"
        ),
        Exit.DONE,
        (r"^not assessed Rollout\.argoproj\.io \(2\)", _GOOD),
    ),
    Case(
        "14-raw-template",
        "a Helm template that nobody rendered",
        _beside("{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n"),
        Exit.INPUT_UNREAD,
        (r"^unread odd\.yaml:\d+: template: render it first", _GOOD),
    ),
    Case(
        "14-template-that-loads",
        "`name: {{ .x }}` alone, which loads by accident",
        _beside(POD.replace("{name: good}", "\n  name: {{ .x }}")),
        Exit.INPUT_UNREAD,
        (r"^unread odd\.yaml:4: template: render it first", _GOOD),
    ),
    Case(
        "14-quoted-template",
        '`name: "{{ .x }}"`, a text to YAML',
        _beside(POD.replace("{name: good}", '\n  name: "{{ .Values.name }}"')),
        Exit.INPUT_UNREAD,
        (r"^unread odd\.yaml:4: template: render it first", _GOOD),
    ),
    Case(
        "14-percent-template",
        "`%{X}%` of K3s",
        _beside(POD.replace("{name: good}", "\n  name: %{NAME}%")),
        Exit.INPUT_UNREAD,
        (r"^unread odd\.yaml:4: template: render it first", _GOOD),
    ),
    Case(
        "14-brace-template",
        "`{user}/image`, as KServe's samples have it",
        _beside(POD.replace("nginx:1.27", "{username}/sklearn:1")),
        Exit.INPUT_UNREAD,
        (r"^unread odd\.yaml:7: template: render it first", _GOOD),
    ),
    Case(
        "15-secrets-manifest",
        "a key in a ConfigMap, a Secret's data, an argument, an annotation",
        {
            "all.yaml": POD.replace("{name: good}", f"{{name: good, annotations: {{a: {CANARY}}}}}")
            + f"    env:\n    - {{name: DB_PASSWORD, value: {CANARY}-Zx9}}\n"
            f"    - {{name: DB_URL, value: 'postgres://admin:{CANARY}-Zx9@db/app'}}\n"
            f"    args: ['--password={CANARY}-Zx9']\n"
            "    envFrom:\n    - configMapRef: {name: big}\n"
            f"---\n{MAP}  API_KEY: {CANARY}-Zx9\n---\napiVersion: v1\nkind: Secret\n"
            f"metadata: {{name: s}}\nstringData: {{password: {CANARY}-Zx9}}\n"
        },
        Exit.DONE,
        (
            r"^finding literal-secret all\.yaml:10:.*DB_PASSWORD",
            r"^finding literal-secret .*DB_URL",
            ASSESSED,
        ),
        (CANARY,),
    ),
    Case(
        "27-hundred-megabits",
        "`100mb`, which Kubernetes refuses",
        {"q.yaml": _deployment("q", _limits("100mb"))},
        Exit.DONE,
        (r"^finding implausible-quantity q\.yaml:13:.*100mb",),
    ),
    Case(
        "27-space",
        "`128 Mi`",
        {"q.yaml": _deployment("q", _limits("128 Mi"))},
        Exit.DONE,
        (r"^finding implausible-quantity q\.yaml:13:.*128 Mi",),
    ),
    Case(
        "27-negative",
        "`-1`",
        {"q.yaml": _deployment("q", _limits("-1"))},
        Exit.DONE,
        (r"^finding implausible-quantity q\.yaml:13:.*-1",),
    ),
    Case(
        "27-a-thousandth",
        "`1e-3`, a thousandth of a byte",
        {"q.yaml": _deployment("q", _limits("1e-3"))},
        Exit.DONE,
        (r"^finding implausible-quantity q\.yaml:13:",),
    ),
    Case(
        "27-limit-below-request",
        "a limit below the request",
        {"q.yaml": _deployment("q", _limits("64Mi", "128Mi"))},
        Exit.DONE,
        (r"^finding implausible-quantity q\.yaml:1[34]:",),
    ),
    Case(
        "27-terabytes",
        "3.8 TiB",
        {"q.yaml": _deployment("q", _limits("4189899980800"))},
        Exit.DONE,
        (r"^finding implausible-quantity q\.yaml:13:",),
    ),
    Case(
        "28-object-twice",
        "one object twice with different specs",
        {"a.yaml": _deployment("same") + "---\n" + _deployment("same").replace("1.27", "latest")},
        Exit.DONE,
        (
            r"^not assessed Deployment/same at a\.yaml:1: is defined again at a\.yaml:13",
            r"^finding floating-image-tag a\.yaml:23:",
        ),
    ),
    Case(
        "28-two-variants",
        "one platform in two variants",
        {
            "one/all.yaml": _deployment("a") + "---\n" + _deployment("b"),
            "two/all.yaml": _deployment("a") + "---\n" + _deployment("b"),
        },
        Exit.DONE,
        (r"^finding runs-as-root one/all\.yaml:", r"^(?!.*two/all\.yaml)"),
    ),
)
