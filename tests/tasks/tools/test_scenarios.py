from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tasks.domain.platform.sources import Source
from tasks.domain.reporting.schemas import complaints
from tasks.tools.scenarios import MOST_BYTES, UnusableScenariosError, scenarios_of
from tasks.tools.sources import read_source

SHOP = Path(__file__).resolve().parents[3] / "examples" / "shop"
ONE = b"scenario: a\nwhen: [stop: web]\nthen: [stands: web]\n"


def test_the_shop_has_scenarios_about_services_that_it_has() -> None:
    found = scenarios_of(read_source([SHOP]))

    assert len(found) == 6
    assert {each.file for each in found} == {"scenarios/buying.yaml", "scenarios/enduring.yaml"}
    assert {s for each in found for s in each.services} == {
        "gateway",
        "catalog",
        "orders",
        "users",
        "postgres",
    }


@pytest.mark.parametrize("name", ["buying", "enduring"])
def test_the_scenarios_of_the_shop_obey_their_schema(name: str) -> None:
    text = (SHOP / f"scenarios/{name}.yaml").read_text("utf-8")
    documents = list(yaml.safe_load_all(text))

    assert [complaints("scenario", each) for each in documents] == [[]] * len(documents)
    assert complaints("scenario", documents[0] | {"whne": []})


def test_only_files_of_the_folder_are_read_in_the_order_of_their_names() -> None:
    files = {
        "scenarios/b.yaml": ONE,
        "scenarios/a.yml": ONE.replace(b"a\n", b"first\n", 1),
        "scenarios/notes.json": b"{",
        "compose.yaml": b"services: {}",
        "other/scenarios/c.yaml": b"[",
    }

    assert [each.name for each in scenarios_of(Source("p", files))] == ["first", "a"]
    assert scenarios_of(Source("p", {"compose.yaml": b""})) == ()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"scenarios/a.yaml": b"scenario: a\nwhen: [halt: b]\n"}, "scenarios/a.yaml:2: "),
        ({"scenarios/a.yaml": b"\xff\xfe\xff"}, "scenarios/a.yaml:1: "),
        ({"scenarios/a.yaml": b"#" * (MOST_BYTES + 1)}, "scenarios/a.yaml is larger than 256 KiB."),
        ({f"scenarios/{n}.yaml": b"" for n in range(101)}, "holds more than 100 files"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(files: dict[str, bytes], said: str) -> None:
    with pytest.raises(UnusableScenariosError, match=said):
        scenarios_of(Source("p", files))


def test_the_scenario_in_the_documents_is_one() -> None:
    page = (SHOP.parents[1] / "docs/daily.md").read_text("utf-8")
    text = page.partition("# scenarios/buying.yaml\n")[2].partition("```")[0]

    (found,) = scenarios_of(Source("p", {"scenarios/buying.yaml": text.encode()}))

    assert found.eventually == 30
    assert complaints("scenario", yaml.safe_load(text)) == []
