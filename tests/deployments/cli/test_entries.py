import json
from pathlib import Path

import jsonschema
import pytest

from deployments.cli.main import call
from tasks.domain.exits import Exit
from tasks.domain.reporting.schemas import schema
from tests.commands import ROOT

SHOP = ROOT / "examples/shop"
ONE = "services:\n  web: {image: nginx:1, privileged: true}\n  db: {image: postgres:16}\n"
TWO = "services:\n  web: {image: nginx:1}\n  db: {image: postgres:16}\n  more: {image: redis:7}\n"


@pytest.fixture
def variants(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(ONE)
    (tmp_path / "compose.big.yaml").write_text(TWO)
    (tmp_path / "overlay.yaml").write_text("services:\n  web: {ports: ['80:80']}\n")
    return tmp_path


def rows(output: str) -> dict[str, dict[str, object]]:
    return {row["entry"]: row for row in json.loads(output)["comparison"]}


def test_each_entry_that_stands_alone_is_assessed_beside_the_one_it_is_a_variant_of(
    variants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["check", str(variants), "--all-entries", "--json"]) == Exit.GATE

    output = capsys.readouterr().out
    jsonschema.validate(json.loads(output), schema("comparison"))
    found = rows(output)
    assert set(found) == {"compose.yaml", "compose.big.yaml"}
    first, other = found["compose.yaml"], found["compose.big.yaml"]
    assert (first["default"], first["variant_of"], first["services"]) == (True, None, 2)
    assert (other["variant_of"], other["shared"], other["smaller"]) == ("compose.yaml", 2, 2)
    assert other["services"] == 3
    # `more` brings its own findings, and privilege stands in the other file alone.
    assert other["only_here"]
    assert other["only_there"]


def test_the_counts_of_the_table_are_those_of_each_entry_alone(
    variants: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(["check", str(variants), "--all-entries", "--json"])
    together = rows(capsys.readouterr().out)

    for entry, row in together.items():
        call(["check", str(variants), "--entry", entry, "--json"])
        alone = json.loads(capsys.readouterr().out)
        assert isinstance(row["findings"], dict)
        assert sum(row["findings"].values()) == len(alone["findings"])
        assert row["changes"] == len(alone["candidates"])


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("critical", "Default is 1: what", "2 of 2 services as in 1")), ("zh", ("默认是 1",))],
)
def test_people_get_a_table_that_says_the_rule_and_the_measure(
    variants: Path, capsys: pytest.CaptureFixture[str], lang: str, words: tuple[str, ...]
) -> None:
    arguments = ["check", str(variants), "--all-entries", "--fail-on", "none", "--lang", lang]
    assert call(arguments) == Exit.DONE

    out = capsys.readouterr().out
    assert all(word in out for word in words)


def test_intake_reads_all_of_them_and_renders_charts(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip(
        "helm_python", reason="the library that renders charts is not installed here"
    )
    assert call(["intake", str(SHOP), "--all-entries", "--json"]) == Exit.DONE

    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema("intake"))
    found = {row["entry"]: row for row in document["comparison"]}
    assert found["chart"]["services"] > 0
    assert found["chart"]["variant_of"]
    assert all(each["resolved"] for each in document["entries"])


@pytest.mark.parametrize(
    "more", [["--entry", "compose.yaml"], ["--patch", "x"], ["--format", "github"], ["--new-only"]]
)
def test_what_does_not_go_with_a_table_is_refused(
    variants: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert call(["check", str(variants), "--all-entries", *more]) == Exit.USAGE
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.targets
@pytest.mark.parametrize(
    ("name", "variants", "others"),
    [
        # Five folders of manifests and three Compose files of one platform of 68 services.
        pytest.param("train-ticket", 7, 3, id="train-ticket"),
        # Ten files of the root are variants; openziti's is a platform of its own.
        pytest.param("edgex", 9, 1, id="edgex"),
    ],
)
def test_a_repository_of_many_variants_is_never_added_up(
    targets: Path, capsys: pytest.CaptureFixture[str], name: str, variants: int, others: int
) -> None:
    default = "docker-compose.yml"
    call(["check", str(targets / name), "--all-entries", "--json"])

    found = json.loads(capsys.readouterr().out)["comparison"]
    assert [row["entry"] for row in found if row["default"]] == [default]
    assert sum(row["variant_of"] == default for row in found) == variants
    assert sum(row["variant_of"] is None for row in found) == others + 1
    assert max(row["services"] for row in found) <= 68
