import json
from pathlib import Path

import pytest

from deployments.cli.main import call

COMPOSE = "services:\n  web: {image: nginx}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: c, image: i}]}\n"


@pytest.fixture
def platform(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s/pod.yaml").write_text(POD)
    return tmp_path


def test_the_table_names_entries_and_the_reason_for_the_default(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["intake", str(platform), "--lang", "en"]) == 0

    out, err = capsys.readouterr()
    assert "compose.yaml" in out
    assert "default: what `docker compose up` starts here" in out
    assert "k8s" in out
    assert err == ""


def test_the_table_exists_in_chinese(platform: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["intake", str(platform), "--lang", "zh"]) == 0

    assert "入口" in capsys.readouterr().out


def test_json_is_one_document_with_counts_and_the_chosen_entry(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["intake", str(platform), "--json", "--entry", "k8s"]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["entry"] == "k8s"
    assert (document["written"]["objects"], document["written"]["compose_services"]) == (1, 1)
    assert document["entries"][0]["resolved"]["services"] == 1
    assert [s["name"] for s in document["platform"]["services"]] == ["x"]
    assert document["exit"] == {"code": 0, "reasons": []}


def test_several_files_are_merged_in_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(COMPOSE)
    (tmp_path / "b.yaml").write_text("services:\n  web: {image: caddy}\n")

    assert call(["intake", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--json"]) == 0

    (service,) = json.loads(capsys.readouterr().out)["platform"]["services"]
    assert service["containers"][0]["image"]["value"] == "caddy"


def test_nothing_to_find_ends_with_4_and_says_what_was_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.yaml").write_text("a: 1\n")

    assert call(["intake", str(tmp_path), "--lang", "en"]) == 4
    assert "looked for Compose files" in capsys.readouterr().err


def test_an_empty_folder_ends_with_4_in_json_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["intake", str(tmp_path), "--json"]) == 4

    assert json.loads(capsys.readouterr().out)["exit"]["code"] == 4


@pytest.mark.parametrize("arguments", [["{root}/gone"], ["{root}", "--entry", "gone"]])
def test_a_wrong_path_or_entry_ends_with_2_and_a_remedy(
    platform: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert call(["intake", *(each.format(root=platform) for each in arguments)]) == 2

    err = capsys.readouterr().err
    assert "gone" in err
    assert err.count("\n") == 1


def test_an_unread_file_ends_with_3_and_is_named(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (platform / "k8s/broken.yaml").write_text("a: [\n")

    assert call(["intake", str(platform)]) == 3
    assert "k8s/broken.yaml:2" in capsys.readouterr().out


def test_names_cannot_steer_the_terminal(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (platform / "compose.\x1b[31m.yaml").write_text(COMPOSE)

    call(["intake", str(platform)])

    assert "\x1b" not in capsys.readouterr().out


def test_many_files_with_one_reason_are_one_line(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (platform / "chart/templates").mkdir(parents=True)
    (platform / "chart/Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 1.0.0\n")
    for number in range(9):
        (platform / f"chart/templates/t{number}.yaml").write_text("a: {{ .x }}\n")

    assert call(["intake", str(platform), "--lang", "en"]) == 0

    out = capsys.readouterr().out
    assert "Not read (9):" in out
    assert "t0.yaml:1 (+8): template: render it first" in out
