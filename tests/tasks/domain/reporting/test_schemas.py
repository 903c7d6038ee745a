from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tasks.domain.reporting.bundle import seal
from tasks.domain.reporting.schemas import UnknownSchemaError, complaints, names, schema
from tests.bundles import bundle


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
