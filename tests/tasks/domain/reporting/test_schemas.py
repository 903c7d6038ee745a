from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tasks.domain.canonical import plain
from tasks.domain.platform.intake import to_json
from tasks.domain.reporting.bundle import seal
from tasks.domain.reporting.schemas import UnknownSchemaError, complaints, names, schema
from tasks.tools.platforms import intake
from tests.bundles import bundle

SHOP = Path(__file__).resolve().parents[4] / "examples" / "shop"


@pytest.mark.parametrize("name", names())
def test_each_schema_is_valid_and_complete_in_itself(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    references = json.dumps(schema(name)).count('"$ref": "#/$defs/')

    assert json.dumps(schema(name)).count('"$ref"') == references
    assert complaints(name, {"nothing": "of this"})


def test_an_unknown_schema_lists_those_that_exist() -> None:
    with pytest.raises(UnknownSchemaError, match="bundle"):
        schema("../../etc/passwd")


def _objects(node: Any, path: str = "") -> list[str]:
    """List the paths of objects with fields that leave the door open."""
    found = []
    if isinstance(node, dict):
        if "properties" in node and node.get("additionalProperties") is not False:
            found.append(path)
        for key, value in node.items():
            found += _objects(value, f"{path}/{key}")
    elif isinstance(node, list):
        for number, each in enumerate(node):
            found += _objects(each, f"{path}/{number}")
    return found


@pytest.mark.parametrize("name", names())
def test_what_is_ours_is_closed(name: str) -> None:
    assert _objects(schema(name)) == []


def test_a_field_that_nobody_described_is_named() -> None:
    document = seal(bundle(), {}).document
    document["findings"][0]["colour"] = "red"

    assert "findings[0]" in complaints("bundle", document)[0]
    assert "colour" in complaints("bundle", document)[0]


def test_what_the_intake_says_obeys_its_schema() -> None:
    found = intake([SHOP], "compose.yaml")

    assert complaints("intake", json.loads(json.dumps(plain(to_json(found))))) == []


def test_an_intake_of_manifests_obeys_its_schema() -> None:
    found = intake([SHOP / "kubernetes"])

    assert found.platform is not None
    assert found.platform.services
    assert complaints("intake", json.loads(json.dumps(plain(to_json(found))))) == []


def test_the_settings_of_the_shop_obey_their_schema() -> None:
    loaded = yaml.safe_load((SHOP / "cmi.yaml").read_text("utf-8"))
    # Editors read YAML 1.2, in which a day is a text; this loader makes a date of it.
    for waiver in loaded["waivers"]:
        waiver["expires"] = waiver["expires"].isoformat()

    assert complaints("settings", loaded) == []
    assert complaints("settings", loaded | {"prbes": []})
