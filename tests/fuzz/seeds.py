"""What the fuzzer starts from: inputs of our own, and what it found before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.doors import NEXT_FILE
from tests.robustness.cases import CASES
from tests.tasks.domain.platform.compose.generate import Maker
from tests.tasks.domain.security.checks.fixtures import cases as fixtures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHECKOUT = Path(__file__).resolve().parents[2]
SHOP = CHECKOUT / "examples/shop"
FOUND = Path(__file__).with_name("found")
LARGEST = 8192  # bytes; larger ones only slow the fuzzer down
_GENERATED = 24  # Compose projects
_YAML = (".yaml", ".yml", ".json")


def seeds(door: str) -> tuple[bytes, ...]:
    """Give the inputs that ``door`` starts from, each once."""
    every = (*_found(door), *_projects(door), *_files(door))
    return tuple(dict.fromkeys(each for each in every if len(each) <= LARGEST))


def _found(door: str) -> Iterator[bytes]:
    """Give what hurt once: it must never hurt again."""
    folder = FOUND / door
    if folder.is_dir():
        yield from (path.read_bytes() for path in sorted(folder.iterdir()))


def _projects(door: str) -> Iterator[bytes]:
    if door not in {"compose", "kubernetes"}:
        return
    for files in _sources():
        if door == "kubernetes" and not any(b"apiVersion" in body for body in files.values()):
            continue
        first, *rest = files.items()
        tail = b"".join(NEXT_FILE + name.encode() + b"\n" + body for name, body in rest)
        yield first[1] + tail


def _sources() -> Iterator[dict[str, bytes]]:
    """Give whole projects, the file that matters first."""
    for case in (each for each in CASES if not callable(each.given)):
        yield _bytes(case.given)  # type: ignore[arg-type]  # functions were left out
    for fixture in fixtures():
        yield {name: "\n".join(lines).encode() for name, lines in fixture.files.items()}
    for seed in range(_GENERATED):
        yield _bytes(Maker(seed).make().files)


def _bytes(files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    return {n: b if isinstance(b, bytes) else b.encode() for n, b in files.items()}


def _files(door: str) -> Iterator[bytes]:
    """Give single files of the kind that ``door`` reads."""
    every = [item for files in _sources() for item in files.items()]
    every += [(p.name, p.read_bytes()) for p in sorted(SHOP.rglob("*")) if p.is_file()]
    for name, body in every:
        if _suits(door, name):
            yield body
        if door == "features":
            yield from (line.strip() for line in body.splitlines()[:40])


def _suits(door: str, name: str) -> bool:
    kinds = {
        "yaml": name.endswith(_YAML),
        "dockerfile": "Dockerfile" in name,
        "dotenv": name.endswith(".env"),
        "settings": name.endswith("cmi.yaml"),
    }
    return kinds.get(door, False)


def words() -> tuple[str, ...]:
    """Give words that open rooms which chance would not find."""
    from tasks.domain.platform.compose_shape import _SERVICE, _TOP  # noqa: PLC0415  # slow to import

    kubernetes = (
        "apiVersion: kind: metadata: spec: template: containers: initContainers: image: env: "
        "valueFrom: volumes: securityContext: resources: limits: requests: livenessProbe: items: "
        "annotations: labels: selector: ports: data: stringData: rules: List Deployment Pod Job "
        "CronJob StatefulSet Secret ConfigMap Service Ingress extensions/v1beta1 apps/v1 batch/v1"
    )
    yaml = "&a *a <<: !!str !reset !override !!binary |- >+ --- ... ${X} ${X:-y} ${X:?m} $$ {{ }} %"
    docker = "FROM ARG ENV RUN COPY ADD CMD ENTRYPOINT HEALTHCHECK USER EXPOSE ONBUILD <<EOF AS"
    settings = "waivers: check: place: owner: reason: expires: probes: margins: budgets: weeks:"
    names = [f"{key}:" for key in sorted(_TOP | _SERVICE)]
    every = (*names, *f"{kubernetes} {yaml} {docker} {settings}".split())
    return tuple(dict.fromkeys(every))
