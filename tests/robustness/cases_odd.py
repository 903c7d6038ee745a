"""Oddities of real files: understood where the real system understands them, else named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tasks.domain.exits import Exit
from tests.robustness.case import ASSESSED, POD, WEB, Case

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-6b1e90aa"
_GOOD = f"{ASSESSED}good"


def _custom(api: str, kind: str, spec: str) -> str:
    return f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: odd}}\nspec:\n{spec}"


def _pod(indent: int) -> str:
    lines = ("containers:", "- name: a", "  image: example/a:1.0", "  securityContext:")
    more = ("    privileged: true", "  env:", f"  - {{name: A_PASSWORD, value: {CANARY}-Zx9}}")
    return "\n".join(" " * indent + line for line in (*lines, *more)) + "\n"


def _resource(name: str, api: str, kind: str, spec: str) -> Case:
    """Put a pod into a custom resource: it is found at its place, and its group is named."""
    group = api.partition("/")[0]
    return Case(
        f"odd-{name}",
        f"containers in a {kind} of {group}",
        {"odd.yaml": _custom(api, kind, spec), "good.yaml": POD},
        Exit.DONE,
        (
            r"^finding privileged-container odd\.yaml:\d+:",
            r"^finding literal-secret odd\.yaml:\d+:.*A_PASSWORD",
            rf"^not assessed {kind}\.{group} \(1\): .*pods written in them \(1\)",
            r"^(?!finding (no-memory-limit|runs-as-root|no-health-check) odd\.yaml)",
            _GOOD,
        ),
        (CANARY,),
    )


def _links(folder: Path) -> None:
    (folder / "compose.yaml").write_text(WEB, encoding="utf-8")
    (folder / ".env").symlink_to("mailcow.conf")


def _case(
    name: str, what: str, files: dict[str, str | bytes], *says: str, code: Exit = Exit.DONE
) -> Case:
    return Case(f"odd-{name}", what, files, code, says)


_INIT = json.dumps([{"name": "wait", "image": "busybox:1.36"}])
_LIST = """\
apiVersion: v1
kind: ConfigMapList
items:
- metadata: {name: one}
  data: {a: b}
---
apiVersion: v1
kind: List
items:
"""

ODD = (
    _resource(
        "kserve",
        "serving.kserve.io/v1beta1",
        "InferenceService",
        "  predictor:\n" + _pod(4),
    ),
    _resource(
        "knative",
        "serving.knative.dev/v1",
        "Service",
        "  template:\n    spec:\n" + _pod(6),
    ),
    _resource(
        "seldon",
        "machinelearning.seldon.io/v1",
        "SeldonDeployment",
        "  predictors:\n  - name: main\n    graph: {name: a, implementation: SKLEARN_SERVER}\n"
        "    componentSpecs:\n    - spec:\n" + _pod(8),
    ),
    _resource(
        "deployment-grid",
        "superedge.io/v1",
        "DeploymentGrid",
        "  gridUniqKey: zone\n  template:\n    replicas: 2\n    template:\n      spec:\n" + _pod(8),
    ),
    _resource(
        "rollout",
        "argoproj.io/v1alpha1",
        "Rollout",
        "  template:\n    spec:\n" + _pod(6),
    ),
    _case(
        "kserve-model",
        "a KServe model without a container",
        {
            "odd.yaml": _custom(
                "serving.kserve.io/v1beta1",
                "InferenceService",
                "  predictor:\n    sklearn: {storageUri: 'gs://models/iris'}\n",
            ),
            "good.yaml": POD,
        },
        r"^not assessed InferenceService\.serving\.kserve\.io \(1\): .*only their own controller",
        _GOOD,
    ),
    _case(
        "init-annotation",
        "init containers in an annotation, dead since Kubernetes 1.8",
        {
            "odd.yaml": POD.replace(
                "{name: good}",
                "\n  name: good\n  annotations:\n"
                f"    pod.beta.kubernetes.io/init-containers: '{_INIT}'",
            )
        },
        r"^finding unheeded-marker odd\.yaml:6:.*init-containers",
        rf"{ASSESSED}odd\.yaml:11: good",
    ),
    _case(
        "pod-in-a-text",
        "a Pod in a value of a ConfigMap",
        {
            "odd.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: addon}\ndata:\n"
            "  static.yaml: |\n" + "".join(f"    {line}\n" for line in POD.splitlines()),
            "good.yaml": POD,
        },
        r"^not assessed ConfigMap/addon at odd\.yaml:5: the text under static\.yaml holds a Pod",
        _GOOD,
    ),
    _case(
        "lists",
        "a List and a typed list",
        {"odd.yaml": _LIST + "- " + POD.replace("\n", "\n  ").rstrip() + "\n"},
        rf"{ASSESSED}odd\.yaml:17: good",
    ),
    _case(
        "delete-patch",
        "a kustomize patch without containers",
        {
            "odd.yaml": "apiVersion: apps/v1\nkind: Deployment\n"
            "metadata: {name: gone}\n$patch: delete\n",
            "good.yaml": POD,
        },
        r"^not assessed Deployment/gone at odd\.yaml:1: has no containers: it is a patch",
        _GOOD,
    ),
    _case(
        "overlay",
        "a Compose overlay with neither image nor build, beside its file",
        {"compose.yaml": WEB, "compose.extra.yaml": "services:\n  web:\n    privileged: false\n"},
        f"{ASSESSED}compose.yaml:4",
    ),
    Case(
        "odd-overlay-alone",
        "a Compose overlay asked for alone",
        {"compose.extra.yaml": "services:\n  web:\n    privileged: true\n"},
        Exit.INPUT_UNREAD,
        (r"compose\.extra\.yaml:3.*neither an image nor a build", ASSESSED),
        asks="compose.extra.yaml",
    ),
    _case(
        "late-image",
        "an image that is filled in later",
        {"compose.yaml": WEB.replace("nginx:1.27", "${REPO}/rs-web:${TAG}")},
        r"^not assessed .*\bREPO\b.*compose\.yaml:3",
        ASSESSED,
        r"^(?!finding floating-image-tag)",
        code=Exit.DONE,
    ),
    _case(
        "build-only",
        "a service that is only built",
        {
            "compose.yaml": WEB.replace("image: nginx:1.27", "build: ."),
            "Dockerfile": "FROM nginx:latest\n",
        },
        r"^finding floating-image-tag Dockerfile:1:",
        ASSESSED,
    ),
    _case(
        "look-alike-azd",
        "a file of the Azure Developer CLI, which has `services:` too",
        {
            "azure.yaml": "name: shop\nservices:\n  web:\n    project: ./web\n    host: aks\n",
            "good.yaml": POD,
        },
        _GOOD,
        r"^(?!.*azure\.yaml)",
    ),
    Case(
        "odd-look-alike-alone",
        "the same, asked for",
        {"azure.yaml": "name: shop\nservices:\n  web:\n    project: ./web\n    host: aks\n"},
        Exit.NO_PLATFORM,
        (r"^unread azure\.yaml:1: defines no platform",),
        asks="azure.yaml",
    ),
    _case(
        "look-alike-bento",
        "default values of BentoML, which have `services:` too",
        {
            "values.yaml": "services:\n  iris:\n    traffic: {timeout: 60}\n    workers: 2\n",
            "good.yaml": POD,
        },
        _GOOD,
        r"^(?!.*values\.yaml)",
    ),
    Case(
        "odd-misshapen",
        "lists, mappings and numbers that are something else",
        {
            "odd.yaml": POD.replace("good", "odd") + "    env: {A: b}\n  - words\n",
            "bare.yaml": POD.replace("apiVersion: v1\n", ""),
            "good.yaml": POD,
        },
        Exit.INPUT_UNREAD,
        (
            r"^not assessed Pod/odd at odd\.yaml:9: spec\.containers\[0\]\.env must be a list",
            r"^not assessed Pod/odd at odd\.yaml:10: spec\.containers\[1\] must be a mapping",
            r"^unread bare\.yaml:1: does not say of which kind",
            rf"{ASSESSED}odd\.yaml:8: odd",
            _GOOD,
        ),
    ),
    _case(
        "generated-names",
        "two objects with a generated name",
        {
            "odd.yaml": (
                POD.replace("metadata: {name: good}", "metadata: {generateName: run-}")
                + "---\n"
                + POD.replace("metadata: {name: good}", "metadata: {generateName: run-}")
            )
        },
        r"^finding privileged-container odd\.yaml:8:",
        r"^finding privileged-container odd\.yaml:17:",
        r"^(?!.*defined again)",
    ),
    Case(
        "odd-dangling-env",
        "a `.env` that links to a file that is not there",
        _links,
        Exit.INPUT_UNREAD,
        (r"^unread \.env:1: .*leads nowhere", f"{ASSESSED}compose"),
    ),
    _case(
        "windows",
        "line ends of Windows, tabs in a text, no end of the last line",
        {
            "odd.yaml": (
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t}\ndata:\n  a: |\n"
                f"    x\ty\n    \tz\n---\n{POD}"
            )
            .rstrip("\n")
            .replace("\n", "\r\n")
        },
        rf"{ASSESSED}odd\.yaml:16",
    ),
    _case(
        "terabytes-compose",
        "a memory limit of 3.8 TiB in Compose",
        {"compose.yaml": f"{WEB}    mem_limit: 4189899980800\n"},
        r"^finding implausible-quantity compose\.yaml:5:",
    ),
    Case(
        "odd-nothing-at-all",
        "a folder without any platform",
        {"README.md": "# A shop\n", "src/main.py": "print(1)\n", "data.yaml": "a: 1\n"},
        Exit.NO_PLATFORM,
    ),
    _case(
        "windows-containers",
        "a Dockerfile for Windows",
        {
            "compose.yaml": f"{WEB}  built: {{build: .}}\n",
            "Dockerfile": "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\n"
            "RUN powershell -Command `\n  Write-Host C:\\\nUSER ContainerUser\n",
        },
        ASSESSED,
    ),
    _case(
        "cron-and-sidecar",
        "a CronJob, and a sidecar as a restarting init container",
        {
            "odd.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n"
            "  schedule: '0 3 * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
            "          restartPolicy: Never\n          initContainers:\n"
            "          - {name: proxy, image: 'a:1', restartPolicy: Always, "
            "securityContext: {privileged: true}}\n"
            "          containers:\n          - {name: main, image: 'b:1'}\n"
        },
        r"^finding privileged-container odd\.yaml:12:",
    ),
)
