from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tasks.domain.audit.figures import audit
from tasks.domain.kpis import applicable_controls
from tasks.domain.reporting.bundle import Bundle
from tests.bundles import OTHER
from tests.forgeries import forged, named, whole
from tests.proven import proven

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
