import json
from pathlib import Path

import pytest
import yaml

from deployments.cli.main import call
from tasks.tools.probes import PROBES

TEXTS = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "knowledge/doctor.yaml").read_text(encoding="utf-8")
)


NAMES = (*PROBES, "configuration")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_is_looked_for_has_its_texts(name: str, language: str) -> None:
    assert set(TEXTS["items"][name][language]) == {"title", "consequence", "remedy"}


def test_there_is_no_text_about_what_nobody_looks_for() -> None:
    assert set(TEXTS["items"]) == set(NAMES)


def test_every_trouble_comes_with_consequence_and_remedy(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(["doctor", "--json", "--lang", "zh"]) == 0

    items = json.loads(capsys.readouterr().out)["items"]
    assert {item["id"] for item in items} >= {"python", "git", "docker", "memory", "dns"}
    for item in items:
        assert (item["state"] == "ok") != bool(item["consequence"] and item["remedy"]), item
    assert next(item for item in items if item["id"] == "python")["state"] == "ok"


def test_people_get_lines(capsys: pytest.CaptureFixture[str]) -> None:
    call(["doctor", "--lang", "en"])

    assert "Python: ok" in capsys.readouterr().out
