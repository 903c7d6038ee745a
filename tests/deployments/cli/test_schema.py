from __future__ import annotations

import json

import pytest

from deployments.cli.main import call
from tasks.domain.reporting.schemas import names


@pytest.mark.parametrize("name", names())
def test_each_schema_is_printed_as_one_json_document(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_without_a_name_the_names_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["schema"]) == 0
    assert capsys.readouterr().out.split() == list(names())


def test_an_unknown_name_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["schema", "nothing"]) == 2
    assert "There are: apply, audit, bundle" in capsys.readouterr().err
