"""An honest bundle with four proofs is believed; whatever is changed in it is noticed."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit import records
from tasks.domain.audit.experiments import audit
from tasks.domain.reporting.bundle import Bundle
from tests.forgeries import named
from tests.proven import FITTING, MEMBER, proven
from tests.soaked import WEB, box, soak

if TYPE_CHECKING:
    from collections.abc import Callable

    from tasks.domain.audit import Disagreement
    from tasks.domain.verification.soaks import Soak


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


def fitted(bore: Soak | None) -> Bundle:
    return proven(member=FITTING, soak=bore)


def test_a_size_that_a_soak_bore_is_believed() -> None:
    made = fitted(soak(WEB))

    assert made.document["candidates"][0]["state"] == "accepted"
    assert named(audit(made)) == ""
    assert named(experiments_and_records(made)) == ""


@pytest.mark.parametrize(
    ("bore", "state", "reason"),
    [
        (None, "undecided", "no soak was carried out with its limits on"),
        (soak(WEB, boxes=(box(WEB, killed=1),)), "rejected", "web ran out of memory in the soak"),
        (soak(WEB, seconds=20.0), "undecided", "the soak lasted 20 seconds of 150"),
    ],
    ids=["none", "killed", "short"],
)
def test_a_size_that_no_soak_bore_is_never_accepted(
    bore: Soak | None, state: str, reason: str
) -> None:
    made = fitted(bore)

    assert (made.document["candidates"][0]["state"], made.document["candidates"][0]["reason"]) == (
        state,
        reason,
    )
    assert named(audit(made)) == ""


def experiments_and_records(made: Bundle) -> list[Disagreement]:
    return [*audit(made), *records.audit(made)]


def pieces(made: Bundle) -> tuple[str, str]:
    """Give the digests of the two records on which the proof of the finding rests."""
    first_, second = made.document["candidates"][0]["proofs"]["finding"]["evidence"]
    kinds = {json.loads(made.files[f"evidence/{e}.json"])["kind"]: e for e in (first_, second)}
    return kinds["findings"], kinds["soak"]


def test_a_size_without_its_soak_or_with_another_one_s_records_is_noticed() -> None:
    made = fitted(soak(WEB))
    findings, bore = pieces(made)
    for kept in ([findings], [bore], []):
        document = deepcopy(made.document)
        document["candidates"][0]["proofs"]["finding"]["evidence"] = kept
        assert "proofs.finding" in named(audit(Bundle(document, made.files))), kept
    document = deepcopy(made.document)
    document["candidates"][0]["kind"] = "limit-resources"
    document["candidates"][0]["proofs"]["finding"]["evidence"] = [findings]
    assert "proofs.finding" in named(audit(Bundle(document, made.files)))


MUTATIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "killed": lambda told: told["boxes"][0].update(killed=1),
    "restarted": lambda told: told["boxes"][0].update(restarted=1),
    "gone": lambda told: told["boxes"][0].update(gone=1),
    "wider memory": lambda told: told["boxes"][0].update(memory_limit=1 << 40),
    "no limit": lambda told: told["boxes"][0].update(memory_limit=0),
    "more cores": lambda told: told["boxes"][0].update(cpu_limit=9.0),
    "another service": lambda told: told["boxes"][0].update(service="cache"),
    "nobody there": lambda told: told.update(boxes=[]),
    "shorter": lambda told: told.update(seconds=100.0),
    "less load": lambda told: told["after"][0].update(requests=10),
    "no load": lambda told: told.update(after=[]),
    "no load before": lambda told: told.update(before=[], after=[]),
    "more errors": lambda told: told["after"][0].update(errors=500),
    "slower": lambda told: told["after"][0].update(tail=9.0),
    "faster before": lambda told: told["before"][0].update(tail=0.0001),
    "late": lambda told: told["after"][0].update(late=1.0),
    "watched less": lambda told: told["watched"][0].update(memory=[1 << 20] * 150),
    "watched too briefly": lambda told: told["watched"][0].update(memory=[1 << 20] * 9),
    "no record": lambda told: told.update(boxes=7),
}


@pytest.mark.parametrize("case", MUTATIONS)
def test_a_soak_that_says_otherwise_is_noticed(case: str) -> None:
    made = fitted(soak(WEB))
    _, bore = pieces(made)
    path = f"evidence/{bore}.json"
    told = json.loads(made.files[path])
    MUTATIONS[case](told)
    files = {**made.files, path: json.dumps(told).encode()}

    assert "candidates[fit-size-web].proofs.finding" in named(audit(Bundle(made.document, files)))


def test_what_only_a_copy_shows_needs_the_record_of_its_finding() -> None:
    honest = replace(MEMBER, kind="honest-check")
    made = proven(member=honest)
    assert named(audit(made)) == ""

    document = deepcopy(made.document)
    document["candidates"][0]["proofs"]["finding"]["evidence"] = []
    assert "proofs.finding" in named(audit(Bundle(document, made.files)))
