"""The checks find each defect that the shop's page lists, in every packaging, and no other."""

from functools import cache

import pytest

from tasks.domain.assess import assess
from tasks.domain.findings import Finding
from tasks.tools.platforms import intake
from tests.examples.shop import SHOP, rows

_ENTRIES = {
    "compose": "compose.yaml",
    "kubernetes": "kubernetes",
    "kustomize": "kustomize/debug",
    "helm": "chart",
}
# The overlay builds upon the manifests.
_BUILT_ON = {"kustomize": ("kubernetes", "kustomize")}
_LATER = "later"
_SETTLED = {"kustomize": {"no-namespace"}}  # the overlay names one for all


@cache
def _findings(packaging: str) -> tuple[Finding, ...]:
    seen = intake([SHOP], _ENTRIES[packaging])
    if seen.platform is None or not seen.platform.services:
        pytest.skip(f"{packaging} was not read here: {seen.not_assessed}")
    return assess(seen.platform)


def _listed(packaging: str) -> set[tuple[str, str]]:
    wanted = _BUILT_ON.get(packaging, (packaging,))
    left = {_LATER} | _SETTLED.get(packaging, set())
    # The overlay moves everything into a namespace of its own.
    moved = {"default": "shop-debug"} if packaging == "kustomize" else {}
    return {
        (row["check"], moved.get(subject, subject))
        for row in rows()
        if row["packaging"] in wanted and row["check"] not in left
        for subject in row["subject"].split(", ")
    }


def _found(packaging: str) -> set[tuple[str, str]]:
    return {
        (finding.check, finding.subject)
        for finding in _findings(packaging)
        if not finding.place.file.endswith("Dockerfile")
    }


@pytest.mark.parametrize("packaging", _ENTRIES)
def test_what_is_listed_is_found_and_nothing_else(packaging: str) -> None:
    assert _found(packaging) == _listed(packaging)


@pytest.mark.parametrize("packaging", ["compose", "kubernetes"])
def test_each_defect_is_found_in_the_file_that_is_named(packaging: str) -> None:
    places = {
        (finding.check, finding.subject, finding.place.file) for finding in _findings(packaging)
    }

    for row in rows():
        if row["packaging"] == packaging and row["check"] != _LATER:
            for subject in row["subject"].split(", "):
                file = row["file"].replace("{subject}", subject)
                if row["check"] != "no-network-policy":  # nothing is written where it is missing
                    assert (row["check"], subject, file) in places


def test_the_same_defect_is_the_same_finding_in_each_packaging() -> None:
    shared = {"console"}  # it is not in the plain manifests
    for check in {check for check, _ in _found("compose")} & {c for c, _ in _found("kubernetes")}:
        compose = {subject for found, subject in _found("compose") if found == check} - shared
        manifests = {subject for found, subject in _found("kubernetes") if found == check}
        if check == "literal-secret":
            compose -= {"rabbitmq"}  # its password comes from a Secret there
        assert compose == manifests, check
