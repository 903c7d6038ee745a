"""Our verdicts beside those of Trivy, Hadolint and Checkov, where rules mean the same.

Only their rules' ids are here. A verdict is yes or no for one rule and one object: a
Dockerfile, or a workload of a manifest.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tasks.domain.assess import assess
from tasks.domain.platform.sources import Source
from tests.accuracy import reading
from tests.accuracy.mutations import dockerfiles
from tests.accuracy.mutations.planting import planted
from tests.accuracy.mutations.yamltext import documents, get, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Object = tuple[str, str]  # file, and in a manifest kind and name
REASONS = Path(__file__).with_name("differences.yaml")
PATIENCE = 1200.0  # seconds for one program; a busy machine is slow
_LARGEST = 100  # files for one call
_WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"})
_NAMED = re.compile(
    r"(deployment|statefulset|daemonset|job|cronjob|pod)\s+['\"]?([a-z0-9][\w.-]*)", re.IGNORECASE
)
# Beside the entries that defects are planted in: add-ons with what others do not have.
_MORE = (
    ("sock-shop", "deploy/kubernetes/manifests-monitoring"),
    ("sock-shop", "deploy/kubernetes/manifests-logging"),
    ("train-ticket", "deployment/kubernetes-manifests/prometheus-deployment"),
    ("train-ticket", "deployment/kubernetes-manifests/efk-deployment"),
    ("train-ticket", "old-docs/k8s"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that two programs have. ``every``: only all of their ids together mean ours."""

    tool: str
    ids: tuple[str, ...]
    checks: tuple[str, ...]
    every: bool = False

    def __str__(self) -> str:
        joined = (" and " if self.every else " or ").join(self.ids)
        return f"{self.tool} {joined}"


def _rule(tool: str, ids: str, checks: str, *, every: bool = False) -> Rule:
    return Rule(tool, tuple(ids.split()), tuple(checks.split()), every)


DOCKERFILE_RULES = (
    _rule("hadolint", "DL3002", "runs-as-root"),
    _rule("hadolint", "DL3006 DL3007", "floating-image-tag"),
    _rule("hadolint", "DL3009", "package-index-kept"),
    _rule("hadolint", "DL3015", "recommended-packages"),
    _rule("hadolint", "DL3020", "add-instead-of-copy"),
    _rule("hadolint", "DL3025", "shell-form-command"),
    _rule("hadolint", "DL4000", "obsolete-instruction"),
    _rule("hadolint", "DL3000", "relative-working-folder"),
    _rule("hadolint", "DL3004", "sudo-in-image"),
    _rule("hadolint", "DL3024", "repeated-stage-name"),
    _rule("hadolint", "DL3040 DL3032 DL3042", "package-cache-kept"),
    _rule("hadolint", "DL3012 DL4003 DL4004", "overridden-instruction"),
    _rule("hadolint", "DL4006", "failure-lost-in-pipe"),
    _rule("trivy", "DS-0001", "floating-image-tag"),
    _rule("trivy", "DS-0002", "runs-as-root"),
    _rule("trivy", "DS-0004", "ssh-server"),
    _rule("trivy", "DS-0005", "add-instead-of-copy"),
    _rule("trivy", "DS-0007 DS-0016 DS-0023", "overridden-instruction"),
    _rule("trivy", "DS-0009", "relative-working-folder"),
    _rule("trivy", "DS-0010", "sudo-in-image"),
    _rule("trivy", "DS-0012", "repeated-stage-name"),
    _rule("trivy", "DS-0017", "index-update-alone"),
    _rule("trivy", "DS-0022", "obsolete-instruction"),
    _rule("trivy", "DS-0026", "no-health-check"),
    _rule("trivy", "DS-0029", "recommended-packages"),
    _rule("checkov", "CKV_DOCKER_1", "ssh-server"),
    _rule("checkov", "CKV_DOCKER_2", "no-health-check"),
    _rule("checkov", "CKV_DOCKER_3 CKV_DOCKER_8", "runs-as-root"),
    _rule("checkov", "CKV_DOCKER_4", "add-instead-of-copy"),
    _rule("checkov", "CKV_DOCKER_5", "index-update-alone"),
    _rule("checkov", "CKV_DOCKER_6", "obsolete-instruction"),
    _rule("checkov", "CKV_DOCKER_7", "floating-image-tag"),
    _rule("checkov", "CKV_DOCKER_10", "relative-working-folder"),
    _rule("checkov", "CKV_DOCKER_11", "repeated-stage-name"),
    _rule("checkov", "CKV2_DOCKER_1", "sudo-in-image"),
    _rule("checkov", "CKV2_DOCKER_17", "password-in-image"),
    _rule("checkov", "CKV2_DOCKER_2 CKV2_DOCKER_3 CKV2_DOCKER_6", "certificate-check-off"),
)
KUBERNETES_RULES = (
    _rule("trivy", "KSV-0001", "no-new-privileges-unset"),
    _rule("trivy", "KSV-0003", "capabilities-not-dropped"),
    _rule("trivy", "KSV-0006", "engine-socket-mounted"),
    _rule("trivy", "KSV-0008 KSV-0009 KSV-0010", "host-namespace"),
    _rule("trivy", "KSV-0011 KSV-0015", "no-cpu-limit", every=True),
    _rule("trivy", "KSV-0012", "runs-as-root"),
    _rule("trivy", "KSV-0013", "floating-image-tag"),
    _rule("trivy", "KSV-0014", "writable-root-filesystem"),
    _rule("trivy", "KSV-0017", "privileged-container"),
    _rule("trivy", "KSV-0018", "no-memory-limit"),
    _rule("trivy", "KSV-0023", "host-folder-mounted host-path-needed engine-socket-mounted"),
    _rule("trivy", "KSV-0024", "host-port"),
    _rule("trivy", "KSV-0104", "system-call-filter-unset system-call-filter-off"),
    _rule("checkov", "CKV_K8S_8", "no-liveness-probe"),
    _rule("checkov", "CKV_K8S_9", "no-health-check"),
    _rule("checkov", "CKV_K8S_10 CKV_K8S_11", "no-cpu-limit", every=True),
    _rule("checkov", "CKV_K8S_13", "no-memory-limit"),
    _rule("checkov", "CKV_K8S_14", "floating-image-tag"),
    _rule("checkov", "CKV_K8S_16", "privileged-container"),
    _rule("checkov", "CKV_K8S_17 CKV_K8S_18 CKV_K8S_19", "host-namespace"),
    _rule("checkov", "CKV_K8S_20", "no-new-privileges-unset"),
    _rule("checkov", "CKV_K8S_22", "writable-root-filesystem"),
    _rule("checkov", "CKV_K8S_23", "runs-as-root"),
    _rule("checkov", "CKV_K8S_26", "host-port"),
    _rule("checkov", "CKV_K8S_27", "engine-socket-mounted"),
    _rule("checkov", "CKV_K8S_31", "system-call-filter-unset system-call-filter-off"),
    _rule("checkov", "CKV_K8S_37", "capabilities-not-dropped"),
)
RULES = (*DOCKERFILE_RULES, *KUBERNETES_RULES)
_NATURAL = frozenset(check for rule in KUBERNETES_RULES for check in rule.checks)


@dataclass(slots=True)
class Case:
    """Files that all programs read, the objects in them, and what each program says."""

    files: dict[str, str]
    objects: list[Object]
    ours: dict[Object, set[str]]
    theirs: dict[tuple[str, Object], set[str]] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)  # files by tool


@dataclass(slots=True)
class Agreement:
    """One rule over all its objects."""

    rule: Rule
    verdicts: Counter[tuple[bool, bool]]  # theirs, ours
    differences: dict[bool, list[Object]]  # by what they say

    @property
    def share(self) -> float:
        """The share of equal verdicts."""
        equal = self.verdicts[True, True] + self.verdicts[False, False]
        return equal / max(self.verdicts.total(), 1)


def program(tool: str) -> str:
    """Give the program's path; empty when it is not here. CMI_CHECKOV names Checkov's."""
    told = os.environ.get(f"CMI_{tool.upper()}", "")
    return (
        told or shutil.which(tool, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") or ""
    )


def dockerfile_case(seed: int) -> Case:
    """Take our Dockerfiles, each with each defect planted, and without user or health check."""
    files = {f"{name}/Dockerfile": text for name, text in dockerfiles.originals().items()}
    for name, text in dockerfiles.originals().items():
        for word in ("USER", "HEALTHCHECK"):
            kept = [line for line in text.splitlines() if not line.startswith(word)]
            files[f"{name}--no-{word.lower()}/Dockerfile"] = "\n".join(kept) + "\n"
        files[f"{name}--root/Dockerfile"] = re.sub(r"(?m)^USER .*$", "USER root", text)
    common = {check for rule in DOCKERFILE_RULES for check in rule.checks}
    for each in dockerfiles.variants(seed, sorted(common & set(dockerfiles.PLANTS))):
        files[f"{each.name}--{each.check}/Dockerfile"] = each.text
    ours = {
        (file, ""): {found.check for found in dockerfiles.look(text)}
        for file, text in files.items()
    }
    return Case(files, list(ours), ours)


def kubernetes_case(targets: Path, seed: int, *, whole: bool = True) -> Case:
    """Take manifests of the platforms as they are, and one with each common defect planted."""
    from tests.accuracy.mutations.places import KUBERNETES  # noqa: PLC0415  # beside its use

    groups: dict[str, dict[str, str]] = {}
    for number, (target, entry) in enumerate((*KUBERNETES, *_MORE) if whole else KUBERNETES[:2]):
        path = targets / target / entry
        listed = [path] if path.is_file() else sorted(path.glob("*.y*ml"))
        groups[f"{number:02d}-{target}"] = {each.name: each.read_text("utf-8") for each in listed}
    for check in sorted(_NATURAL):
        for name, text in planted(targets, check, KUBERNETES[0], seed).items():
            groups[f"planted-{check}"] = {Path(name).name: text}
    files, ours, objects = {}, defaultdict(set), []
    for group, texts in groups.items():
        source = Source(group, {name: text.encode() for name, text in texts.items()})
        for name, text in texts.items():
            files[f"{group}/{name}"] = text
            objects += [(f"{group}/{name}", workload) for workload in _workloads(text)]
        for found in assess(reading.platform(source)):
            ours[f"{group}/{found.place.file}", found.path.partition(":")[0]].add(found.check)
    return Case(files, objects, ours)


def _workloads(text: str) -> Iterator[str]:
    for document in documents(text):
        kind, name = plain(get(document, "kind")), plain(get(document, "metadata", "name"))
        if kind in _WORKLOADS and name:
            yield f"{kind}/{name}"


def ask(case: Case, tools: Iterable[str], folder: Path) -> None:
    """Let each program that is here look at the files, below an empty folder."""
    for name, text in case.files.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for tool in tools:
        if program(tool):
            for place, rule in _ASK[tool](case, folder):
                case.theirs.setdefault((tool, place), set()).add(rule)


def _run(arguments: list[str], folder: Path, output: Path | None = None) -> Any:
    done = subprocess.run(
        arguments, cwd=folder, capture_output=True, timeout=PATIENCE, check=False, text=True
    )
    return json.loads(output.read_text("utf-8") if output else done.stdout)


def _hadolint(case: Case, folder: Path) -> Iterator[tuple[Object, str]]:
    names = sorted(case.files)
    for first in range(0, len(names), _LARGEST):
        arguments = [
            program("hadolint"),
            "--no-fail",
            "-f",
            "json",
            *names[first : first + _LARGEST],
        ]
        for each in _run(arguments, folder / "in"):
            if each["code"] == "DL1000":  # it cannot parse the file
                case.unread.setdefault("hadolint", set()).add(each["file"])
            yield (each["file"], ""), each["code"]


def _trivy(case: Case, folder: Path) -> Iterator[tuple[Object, str]]:
    output = folder / "trivy.json"
    cache = ["--cache-dir", str(folder / "cache"), "--skip-check-update", "--quiet"]
    cache += ["--timeout", f"{int(PATIENCE)}s"]  # its own patience ends after five minutes
    _run(
        [program("trivy"), "config", *cache, "-f", "json", "-o", str(output), "in"], folder, output
    )
    for result in json.loads(output.read_text("utf-8")).get("Results", ()):
        for each in result.get("Misconfigurations", ()):
            workload = _named(each["Message"]) if result["Type"] == "kubernetes" else ""
            yield (result["Target"], workload), each["ID"]


def _checkov(case: Case, folder: Path) -> Iterator[tuple[Object, str]]:
    arguments = ["-d", ".", "--framework", "dockerfile", "kubernetes", "--skip-download"]
    document = _run([program("checkov"), *arguments, "--quiet", "-o", "json"], folder / "in")
    for part in document if isinstance(document, list) else [document]:
        for each in part["results"]["failed_checks"]:
            kind, _, rest = each["resource"].partition(".")  # then namespace and name
            name = rest.partition(".")[2]
            workload = f"{kind}/{name}" if part["check_type"] == "kubernetes" else ""
            yield (each["file_path"].lstrip("/"), workload), each["check_id"]


_ASK = {"hadolint": _hadolint, "trivy": _trivy, "checkov": _checkov}


def _named(message: str) -> str:
    found = _NAMED.search(message)
    kinds = {kind.lower(): kind for kind in _WORKLOADS}
    return f"{kinds[found[1].lower()]}/{found[2]}" if found else ""


def compare(case: Case, rules: Iterable[Rule]) -> list[Agreement]:
    """Hold the verdicts of each rule side by side."""
    compared = []
    for rule in rules:
        verdicts: Counter[tuple[bool, bool]] = Counter()
        differences: dict[bool, list[Object]] = {True: [], False: []}
        for place in case.objects:
            if place[0] in case.unread.get(rule.tool, ()):
                continue
            said = [each in case.theirs.get((rule.tool, place), ()) for each in rule.ids]
            theirs = all(said) if rule.every else any(said)
            ours = bool(case.ours.get(place, set()) & set(rule.checks))
            verdicts[theirs, ours] += 1
            if theirs is not ours:
                differences[theirs].append(place)
        compared.append(Agreement(rule, verdicts, differences))
    return compared


def reasons() -> Mapping[tuple[str, bool], tuple[str, str]]:
    """Read who is right, and why, for each rule and for who of the two objects."""
    rows = yaml.safe_load(REASONS.read_text("utf-8"))
    return {(row["rule"], row["they_object"]): (row["right"], row["why"]) for row in rows}
