from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit.figures import audit
from tasks.domain.kpis import applicable_controls
from tasks.domain.reporting.bundle import Bundle
from tasks.domain.verification.costs import Asked, Bill, operating_cost, with_sizes
from tasks.domain.verification.sizing import Prices, size
from tests.bundles import OTHER
from tests.forgeries import forged, named, whole
from tests.proven import FITTING, proven
from tests.soaked import WEB, soak

if TYPE_CHECKING:
    from collections.abc import Callable

# Controls that our checks look after in the tests' platform.
ALL = len(applicable_controls(["compose", "dockerfile"]))


def better_level(document: dict[str, Any]) -> None:
    document["kpis"][3]["value"] = 100.0


def better_numerator(document: dict[str, Any]) -> None:
    document["kpis"][3] |= {"numerator": ALL, "value": 100.0}


def invented(document: dict[str, Any]) -> None:
    document["kpis"][0] |= {"value": 95.0, "numerator": 95, "denominator": 100, "reason": ""}


def without_reason(document: dict[str, Any]) -> None:
    document["kpis"][0]["reason"] = ""


@pytest.mark.parametrize("careful", [False, True], ids=["hasty", "careful"])
@pytest.mark.parametrize(
    ("change", "name"),
    [
        (better_level, rf"kpis\[security-level\] says 100.0; {ALL - 1} / {ALL} is 9"),
        (better_numerator, rf"level\] says {ALL} / {ALL}; its evidence lists {ALL - 1} / {ALL}"),
        (invented, r"kpis\[theory-coverage\] has no evidence"),
        (without_reason, r"kpis\[theory-coverage\] is not assessed without a reason"),
    ],
)
def test_a_forged_figure_is_named(
    change: Callable[[dict[str, Any]], None], name: str, careful: bool
) -> None:
    assert re.search(name, named(audit(forged(change, careful=careful))))


def test_honest_figures_have_no_disagreement() -> None:
    assert list(audit(whole())) == []


def drop_the_worst(document: dict[str, Any]) -> None:
    del document["kpis"][1]


def open_a_control(document: dict[str, Any]) -> None:
    document["findings"][1]["controls"].append(OTHER)


def do_nothing(document: dict[str, Any]) -> None:
    document["deliverables"] = []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (drop_the_worst, r"kpis\[tool-completeness\] is not listed"),
        (open_a_control, rf"level\] counts {ALL - 1} in its evidence; the records give {ALL - 2}"),
        (do_nothing, r"kpis\[task-completion\] counts 3 in its evidence; the records give 2"),
    ],
)
def test_a_figure_is_counted_again_from_the_records(
    change: Callable[[dict[str, Any]], None], name: str
) -> None:
    assert re.search(name, named(audit(forged(change))))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"kpi": "security-level", "counted": 1}', b"["])
def test_evidence_that_lists_nothing_is_no_evidence(data: bytes) -> None:
    made = whole()
    files = {
        path: data if path.startswith("evidence/") else old for path, old in made.files.items()
    }

    assert "has no evidence" in named(audit(Bundle(made.document, files)))


def test_the_time_saved_follows_from_the_starts() -> None:
    made = proven()
    document = json.loads(json.dumps(made.document))
    (saved,) = (each for each in document["kpis"] if each["id"] == "start-up-time")
    assert saved["value"] is not None
    assert list(audit(made)) == []

    saved["value"] += 10
    assert "start-up-time] says" in named(audit(Bundle(document, made.files)))

    saved["value"] -= 10
    saved["evidence"] = saved["evidence"][1:]
    assert "names other evidence" in named(audit(Bundle(document, made.files)))

    document["experiments"] = [{"plan": 3}]
    assert "cannot be taken" in named(audit(Bundle(document, made.files)))


BEFORE = {"web": Asked(1 << 30, 0.5, 2), "orders": Asked(1 << 28, 0.1)}
SIZES = {"web": size(WEB.memory, WEB.cores)}


def priced(told: Bill) -> Bundle:
    kpi, proof = operating_cost(told)
    return proven(member=FITTING, soak=soak(WEB), kpis=(kpi,), proofs=(proof,))


def honest() -> Bill:
    return Bill(Prices(0.04, 0.005), BEFORE, with_sizes(BEFORE, SIZES), ("db",))


def test_what_is_saved_follows_from_the_bill_and_the_accepted_sizes() -> None:
    made = priced(honest())
    (saved,) = (each for each in made.document["kpis"] if each["id"] == "operating-cost")

    assert saved["value"] > 0
    assert list(audit(made)) == []


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        {**BEFORE, "web": Asked(1 << 20, 0.01, 2)},
        {**with_sizes(BEFORE, SIZES), "orders": Asked(1 << 20, 0.01)},
        {"web": with_sizes(BEFORE, SIZES)["web"]},
    ],
    ids=["nothing saved", "another size", "a size of nobody", "one forgotten"],
)
def test_a_bill_that_no_soak_bore_is_named(after: dict[str, Asked]) -> None:
    made = priced(replace(honest(), after=after))

    assert "operating-cost] takes for accepted what no soak" in named(audit(made))


def test_figures_of_cost_that_do_not_follow_from_their_bill_are_named() -> None:
    made = priced(honest())
    for name in ("value", "numerator", "denominator"):
        document = json.loads(json.dumps(made.document))
        (saved,) = (each for each in document["kpis"] if each["id"] == "operating-cost")
        saved[name] += 1
        assert f"as its {name}; its evidence gives" in named(audit(Bundle(document, made.files)))
    for evidence in ([], [made.document["candidates"][0]["proofs"]["finding"]["evidence"][0]]):
        document = json.loads(json.dumps(made.document))
        (saved,) = (each for each in document["kpis"] if each["id"] == "operating-cost")
        saved["evidence"] = evidence
        assert "operating-cost]" in named(audit(Bundle(document, made.files)))
