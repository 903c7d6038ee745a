"""An honest bundle with four proofs is believed; whatever is changed in it is noticed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit.experiments import audit
from tasks.domain.reporting.bundle import Bundle
from tests.forgeries import named
from tests.proven import MEMBER, proven

if TYPE_CHECKING:
    from collections.abc import Callable


def test_an_accepted_change_with_records_and_samples_is_believed() -> None:
    made = proven()

    assert made.document["candidates"][0]["state"] == "accepted"
    assert named(audit(made)) == ""


def first(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["experiments"][0]
    return found


def better_figure(document: dict[str, Any]) -> None:
    first(document)["samples"][0]["measures"]["green"] *= 0.5


def swapped(document: dict[str, Any]) -> None:
    samples = first(document)["samples"]
    samples[0], samples[1] = samples[1], samples[0]


def left_out(document: dict[str, Any]) -> None:
    del first(document)["samples"][-2:]


def excluded(document: dict[str, Any]) -> None:
    first(document)["samples"][2]["excluded"] = "it was slow"


def other_seed(document: dict[str, Any]) -> None:
    first(document)["plan"]["seed"] = "another"


def no_experiment(document: dict[str, Any]) -> None:
    document["experiments"] = []


def other_claim(document: dict[str, Any]) -> None:
    first(document)["plan"]["benefits"][0]["least"] = 0.9


def praised(document: dict[str, Any]) -> None:
    first(document)["ratios"]["sooner"]["value"] = 0.1


def nonsense(document: dict[str, Any]) -> None:
    first(document)["plan"]["benefits"] = "many"


def reused(document: dict[str, Any]) -> None:
    experiment = first(document)
    experiment["seen"] = [experiment["samples"][0]["evidence"][0]]


def without_proof(part: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["candidates"][0]["proofs"][part]["evidence"] = []

    return change


@pytest.mark.parametrize(
    "change",
    [
        better_figure,
        swapped,
        left_out,
        excluded,
        other_seed,
        no_experiment,
        other_claim,
        praised,
        nonsense,
        reused,
        pytest.param(without_proof("probe"), id="without_probe"),
        pytest.param(without_proof("ab"), id="without_ab"),
        pytest.param(without_proof("rollback"), id="without_rollback"),
    ],
)
def test_a_change_of_the_index_is_noticed(change: Callable[[dict[str, Any]], None]) -> None:
    made = proven()
    document = deepcopy(made.document)
    change(document)

    assert named(audit(Bundle(document, made.files)))


@pytest.mark.parametrize("kind", ["probes", "rollback"])
def test_records_that_say_otherwise_are_noticed(kind: str) -> None:
    made = proven()
    files = dict(made.files)
    for path, data in made.files.items():
        if path.startswith("evidence/") and json.loads(data).get("kind") == kind:
            told = json.loads(data)
            key = "after" if kind == "probes" else "probes"
            told[key] = dict.fromkeys(told[key], False)
            files[path] = json.dumps(told).encode()

    assert f"candidates[{MEMBER.id}]" in named(audit(Bundle(made.document, files)))
