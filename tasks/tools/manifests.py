"""Kubernetes objects against the schemas of a Kubernetes version (kubernetes-validate).

The validator's own messages quote values, and a value may be a secret: problems
are told by rule and by names of fields.
"""

from __future__ import annotations

from collections import Counter
from importlib import metadata
from typing import TYPE_CHECKING, Any

from tasks.domain.platform.kubernetes.objects import manifests
from tasks.domain.platform.kubernetes.plain import place_at, plain_value
from tasks.domain.platform.model import NotAssessed
from tasks.domain.verification.validity import Problem, Validity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tasks.domain.platform.documents import Document
    from tasks.domain.platform.kubernetes.objects import Manifest

_INSTALL = "Install the extra `tools`: ./start-project.sh does."


def validate_manifests(documents: Iterable[Document], version: str = "") -> Validity:
    """Check every object of a built-in kind strictly; ``version`` is 1.x, default the newest known.

    Objects of other groups are counted as not assessed: their schemas are in the
    cluster's own definitions.
    """
    try:
        import kubernetes_validate  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra, slow
    except ImportError:
        missing = NotAssessed(
            "schemas of Kubernetes objects", "kubernetes-validate is missing", _INSTALL
        )
        return Validity("kubernetes-validate", not_assessed=(missing,))
    target = version or kubernetes_validate.latest_version()
    name = f"kubernetes-validate {metadata.version('kubernetes-validate')}, Kubernetes {target}"
    problems: list[Problem] = []
    custom: Counter[str] = Counter()
    checked = 0
    for manifest in (each for document in documents for each in manifests(document)):
        if not manifest.built_in:
            custom[f"{manifest.api_version} {manifest.kind}"] += 1
            continue
        checked += 1
        if (problem := _check(manifest, target, kubernetes_validate)) is not None:
            problems.append(problem)
    return Validity(name, checked, tuple(problems), tuple(_custom(custom)))


def _custom(kinds: Counter[str]) -> Iterable[NotAssessed]:
    for kind, count in sorted(kinds.items()):
        yield NotAssessed(
            f"schema of {count} of {kind}",
            "it is not a kind of Kubernetes itself",
            "Validate it on a cluster that has its definition: kubectl apply --dry-run=server.",
        )


def _check(manifest: Manifest, version: str, library: Any) -> Problem | None:
    node = manifest.field.node
    if node is None:
        return None
    data = plain_value(node) | {"apiVersion": manifest.api_version, "kind": manifest.kind}
    try:
        library.validate(data, version, strict=True)
    except library.SchemaNotFoundError:
        detail = f"Kubernetes {version} does not serve {manifest.api_version} {manifest.kind}"
        place = place_at(node, ["apiVersion"])
        return Problem(place, manifest.label, "apiVersion", "not served", detail)
    except library.ValidationError as error:
        steps = list(error.absolute_path)
        path = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).lstrip(".")
        place = place_at(node, steps)
        return Problem(place, manifest.label, path, str(error.validator), _detail(error))
    return None


def _detail(error: Any) -> str:
    """Say what the rule wants, from the schema and from names of keys alone."""
    wanted, found = error.validator_value, error.instance
    if error.validator == "required" and isinstance(found, dict):
        return "missing: " + ", ".join(sorted(set(wanted) - set(found)))
    if error.validator == "additionalProperties" and isinstance(found, dict):
        return "unknown: " + ", ".join(sorted(set(found) - set(error.schema.get("properties", {}))))
    if error.validator == "type":
        return f"must be {wanted}"
    return f"breaks the rule {error.validator}"
