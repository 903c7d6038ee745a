from __future__ import annotations

import re

import pytest

from tasks.domain.kpis import KPIS
from tasks.domain.programme import CELLS
from tasks.domain.reporting.texts import wording

EN, ZH = wording("en"), wording("zh")
SLOTS = [
    "share",
    "low",
    "high",
    "pairs",
    "accepted",
    "name",
    "date",
    "time",
    "reason",
    "file",
    "done",
    "built",
    "missing",
    "proof",
    "findings",
    "entry",
    "kind",
    "services",
    "containers",
    "edges",
    "ports",
]
SLOTS += ["exposed", "flawed"]


@pytest.mark.parametrize("room", ["report", "deliverables", "changes", "artifacts"])
def test_both_languages_have_the_same_keys(room: str) -> None:
    assert wording("en", room).keys() == wording("zh", room).keys()


@pytest.mark.parametrize("key", sorted(EN.keys()))
def test_both_languages_say_the_same_things(key: str) -> None:
    values = {name: f"<{name}>" for name in SLOTS}
    english, chinese = (words(key, n=2, **values) for words in (EN, ZH))

    assert english.strip()
    assert chinese.strip()
    assert set(re.findall("<[a-z]+>|`[^`]+`", english)) == set(
        re.findall("<[a-z]+>|`[^`]+`", chinese)
    )


def test_one_and_many_differ_in_english() -> None:
    assert EN("verdict.urgent", n=1) == "Act now: 1 critical finding is open."
    assert EN("verdict.urgent", n=3) == "Act now: 3 critical findings are open."


def test_every_figure_and_every_workstream_has_a_name() -> None:
    wanted = {f"kpis.{kpi.id}.{part}" for kpi in KPIS for part in ("name", "formula", "reason")}
    wanted |= {f"workstream.{cell.workstream}" for cell in CELLS}
    wanted |= {f"phase.{cell.phase}" for cell in CELLS}

    assert wanted <= EN.keys()


def test_reasons_in_the_bundle_are_those_of_the_report() -> None:
    assert {kpi.id: EN(f"kpis.{kpi.id}.reason").replace("`", "") for kpi in KPIS} == {
        kpi.id: kpi.reason.replace("`", "") for kpi in KPIS
    }


def test_formulas_in_the_bundle_are_those_of_the_report() -> None:
    assert [EN(f"kpis.{kpi.id}.formula") for kpi in KPIS] == [kpi.formula for kpi in KPIS]


def test_a_language_that_we_do_not_speak_is_named() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        wording("fr")


DELIVERABLES = {language: wording(language, "deliverables") for language in ("en", "zh")}


@pytest.mark.parametrize("key", sorted(DELIVERABLES["en"].keys()))
def test_both_languages_of_a_document_put_in_the_same_facts(key: str) -> None:
    slots = "entry closed open names ports name port step steps doors services containers kind"
    slots += " service count title place why what reason remedy passed failed missing"
    slots += " seconds asked explained gap phase low high foreign members pairs excluded seed"
    slots += (
        " alpha most guards chance ours usual before after saved margin least idle start programs"
    )
    slots += " year programme programmes starts budget day then now again"
    values = {name: f"<{name}>" for name in slots.split()}
    found = [
        set(re.findall(r"<[a-z]+>", words(key, 7, **values))) for words in DELIVERABLES.values()
    ]

    assert found[0] == found[1]
