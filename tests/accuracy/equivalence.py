"""One platform in several packagings: what is found in one and not in another, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.domain.security.checks import CHECKS, COMPOSE, KUBERNETES
from tests.accuracy import reading

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent / "packagings"
PLATFORMS = {
    "shop": Path(__file__).parents[2] / "examples/shop",
    "pipeline": HERE / "pipeline",
    "site": HERE / "site",
}
# What a packaging cannot say needs no comparing: no check of one packaging alone.
COMMON = frozenset(each.id for each in CHECKS if {COMPOSE, KUBERNETES} <= set(each.kinds))
_STORES = frozenset({"postgres", "rabbitmq", "redis"})


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """A finding without its place, which no two packagings share."""

    check: str
    subject: str
    severity: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What one packaging has and Compose has not, or the other way round."""

    platform: str
    entry: str
    said: Said
    only_compose: bool

    @property
    def why(self) -> str:
        """The explanation; empty when there is none."""
        return next((why for fits, why in EXPLAINED if fits(self)), "")


EXPLAINED: tuple[tuple[Callable[[Difference], bool], str], ...] = (
    (
        lambda d: d.only_compose and d.said.subject.endswith("Dockerfile"),
        "Compose names the Dockerfiles that its images are built from; manifests name images only.",
    ),
    (
        lambda d: d.said.check == "floating-image-tag" and d.platform == "shop",
        "The same finding, milder where the image is built from this source.",
    ),
    (
        lambda d: d.said.subject == "console" and d.only_compose and d.entry != "kustomize/debug",
        "The console is for debugging: a profile in Compose, an overlay of its own in Kubernetes.",
    ),
    (
        lambda d: d.said.check == "no-health-check" and d.said.subject == "console",
        "The same finding, milder in a pod that nobody is routed to; in Compose each name answers.",
    ),
    (
        lambda d: d.said.check == "port-conflict" and d.only_compose,
        "Compose's services share the host's ports; pods behind Services have their own.",
    ),
    (
        lambda d: d.said.check == "port-on-all-interfaces" and d.said.subject in _STORES,
        "The overlay for developers publishes the stores; the manifests have no such overlay.",
    ),
    (
        lambda d: d.said.check == "debug-mode" and d.only_compose,
        "The overlay for developers switches it on; the manifests have no such overlay.",
    ),
    (
        lambda d: d.said == Said("literal-secret", "rabbitmq", "high") and d.only_compose,
        "The manifests take it from a Secret, which is a finding of a check for Kubernetes alone.",
    ),
    (
        lambda d: d.said == Said("dangling-dependency", "reviews", "medium"),
        "Only the manifests have a Service in front of nobody.",
    ),
)


def said(root: Path, entry: str) -> set[Said]:
    """Give what is found in an entry by the checks that both packagings have."""
    return {
        Said(each.check, each.subject, str(each.severity))
        for each in reading.found(root, entry)
        if each.check in COMMON
    }


def differences(platform: str) -> tuple[int, list[Difference]]:
    """Compare each entry with the Compose one; give how many findings that has, too."""
    root = PLATFORMS[platform]
    _, entries = reading.entries(root)
    (compose,) = (each.id for each in entries if each.kind == COMPOSE)
    base = said(root, compose)
    found = []
    for entry in (each.id for each in entries if each.id != compose):
        other = said(root, entry)
        found += [Difference(platform, entry, each, only_compose=True) for each in base - other]
        found += [Difference(platform, entry, each, only_compose=False) for each in other - base]
    return len(base), sorted(found, key=lambda d: (d.entry, d.said))
