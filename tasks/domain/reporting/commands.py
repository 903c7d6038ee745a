"""The commands of a packaging, as people type them. Names are quoted: they are hostile at first."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from tasks.domain.platform.model import EntryKind
from tasks.domain.reporting.markdown import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.platform.model import Platform, Service

ROLLED_OUT = {"Deployment", "StatefulSet", "DaemonSet"}
_DEFINITIONS = (".yaml", ".yml", ".json")
_WAIT = "300s"  # longer than images of a gigabyte take to pull on a usual line


def quote(name: str) -> str:
    """Quote a name for a shell, on one line."""
    return shlex.quote(one_line(name))


def quote_path(path: str) -> str:
    """Quote a path, which must not look like an option."""
    return quote(f"./{path}" if path.startswith("-") else path)


def compose(platform: Platform, *words: str) -> str:
    """Call Docker Compose on exactly the files of this entry."""
    files = (f"-f {quote_path(path)}" for path in platform.entry.paths)
    return " ".join(("docker compose", *files, *words))


def take_over(entry: str, kind: str) -> str:
    """Apply all changes of a kind, in the platform's folder, alone or within a repository.

    git reads the names of a patch from the repository's root, wherever it is called.
    """
    made = f"cmi check . --entry {quote(entry)} --patch {quote(kind)}"
    return f'{made} | git apply --directory="$(git rev-parse --show-prefix)"'


def by_recipe(changes: Iterable[str]) -> str:
    """Make changes that no patch shows; where the bundle lies is the reader's to say."""
    return " ".join(("cmi apply BUNDLE", *map(quote, changes)))


def release(platform: Platform) -> str:
    """Name the Helm release as its chart's folder."""
    return quote(platform.entry.paths[0].rstrip("/").rpartition("/")[2] or "platform")


def bring_in(platform: Platform) -> list[str]:
    """Bring all definitions in at once."""
    path = quote_path(platform.entry.paths[0] if platform.entry.paths else ".")
    match platform.entry.kind:
        case EntryKind.COMPOSE:
            return [compose(platform, "up -d --wait")]
        case EntryKind.KUSTOMIZE:
            return [f"kubectl apply -k {path}"]
        case EntryKind.HELM:
            return [f"helm upgrade --install {release(platform)} {path} --wait --timeout 10m"]
        case EntryKind.KUBERNETES:
            return [apply(_definitions(platform))]


def apply(files: Iterable[str]) -> str:
    """Apply manifests."""
    return " ".join(("kubectl apply", *(f"-f {quote_path(path)}" for path in files)))


def by_step(platform: Platform) -> bool:
    """Tell whether services can be brought in one after the other."""
    if platform.entry.kind is EntryKind.KUBERNETES:
        return len({service.place.file for service in platform.services}) > 1
    return platform.entry.kind is EntryKind.COMPOSE


def without_workloads(platform: Platform) -> list[str]:
    """List manifests that hold no workload: they come first."""
    return sorted(set(_definitions(platform)) - {s.place.file for s in platform.services})


def start(platform: Platform, services: Iterable[Service]) -> str:
    """Bring some services in."""
    chosen = list(services)
    if platform.entry.kind is EntryKind.COMPOSE:
        names = [quote(each.name) for each in chosen]
        end = ["--"] if any(name.startswith("-") for name in names) else []
        return compose(platform, "up -d --wait", *end, *names)
    return apply(dict.fromkeys(each.place.file for each in chosen))


def wait_for_end(platform: Platform, names: Iterable[str]) -> list[str]:
    """Wait until Compose services that do their work have ended; their start does not wait."""
    ending = [quote(each) for each in names]
    return [compose(platform, "wait", *ending)] if ending else []


def wait(service: Service) -> str | None:
    """Wait until a Kubernetes workload is there; None for Compose, whose start waits itself."""
    if service.kind in ROLLED_OUT:
        return f"kubectl rollout status {_workload(service)} --timeout={_WAIT}"
    if service.kind == "Job":
        return f"kubectl wait --for=condition=complete {_workload(service)} --timeout={_WAIT}"
    if service.kind == "Pod":
        return f"kubectl wait --for=condition=Ready {_workload(service)} --timeout={_WAIT}"
    return None


def undo(platform: Platform, services: Iterable[Service]) -> list[str]:
    """Bring the former definitions back; ``services`` in the order of going back."""
    if platform.entry.kind is EntryKind.COMPOSE:
        return [compose(platform, "up -d --wait")]
    if platform.entry.kind is EntryKind.HELM:
        return [f"helm history {release(platform)}", f"helm rollback {release(platform)} --wait"]
    return [
        f"kubectl rollout undo {_workload(each)}" for each in services if each.kind in ROLLED_OUT
    ]


def look(platform: Platform, service: Service) -> list[str]:
    """See what runs and what one service says."""
    if platform.entry.kind is EntryKind.COMPOSE:
        logs = compose(platform, "logs --tail 50", quote(service.name))
        return [compose(platform, "ps --all"), logs]
    namespace = f" -n {quote(service.namespace)}" if service.namespace else ""
    logs = f"kubectl logs --tail=50 {_workload(service)}"
    return [f"kubectl get pods{namespace}", f"kubectl get events{namespace}", logs]


def validate(platform: Platform) -> list[str]:
    """Ask the platform's own program whether the definitions are valid; nothing is changed."""
    path = quote_path(platform.entry.paths[0] if platform.entry.paths else ".")
    match platform.entry.kind:
        case EntryKind.COMPOSE:
            return [compose(platform, "config --quiet")]
        case EntryKind.KUSTOMIZE:
            return [f"kubectl kustomize {path} | kubectl apply --dry-run=server -f -"]
        case EntryKind.HELM:
            return [f"helm template {path} | kubectl apply --dry-run=server -f -"]
        case EntryKind.KUBERNETES:
            return [f"{apply(_definitions(platform))} --dry-run=server"]


def _workload(service: Service) -> str:
    namespace = f" -n {quote(service.namespace)}" if service.namespace else ""
    return f"{quote(f'{service.kind.lower()}/{service.name}')}{namespace}"


def _definitions(platform: Platform) -> list[str]:
    return [path for path in platform.files if path.endswith(_DEFINITIONS)]
