from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from tasks.domain.platform.survey import TEMPLATE
from tasks.domain.sentences import in_language, known, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

INVALID = ": invalid compose project"
ROOT = Path(__file__).parents[3]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Who speaks to people about what was not read, assessed, changed or proven.
SPEAKERS = (
    *sorted((ROOT / "tasks/domain/platform").rglob("*.py")),
    *sorted((ROOT / "tasks/domain/security/candidates").rglob("*.py")),
    *(
        ROOT / f"tasks/{name}.py"
        for name in (
            "domain/conflicts",
            "domain/edits",
            "domain/insertions",
            "domain/patches",
            "domain/propose",
            "domain/recipes",
            "domain/settling",
            "domain/verification/roundtrips",
            "harden",
            "measure",
            "tools/command",
            "tools/archives",
            "tools/compose",
            "tools/copies",
            "tools/definitions",
            "tools/git",
            "tools/held",
            "tools/helm",
            "tools/kustomize",
            "tools/live/grpc_calls",
            "tools/manifests",
            "tools/platforms",
            "tools/repositories",
            "tools/roundtrip",
            "tools/sources",
        )
    ),
)
# Errors that carry a sentence to a place where people read it, and the records themselves.
CARRIERS = re.compile(
    r"NotAssessed|Unread|Proof|Problem|Opinion|\w*(?:Document|Compose|Interpolation|Dotenv|NotOffered"
    r"|SameField|Overlap|Unshowable|Edit|Recipe|Missing|Failed|NoAnswer|Timeout|Refused|TooLarge)Error"
)
# Pieces that are put together before people read them; the wholes are tested below.
PIECES = {
    "not served",  # the name of a rule, beside its sentence
    'XX "XX" must declare either `file` or `environment`XX',
    "XX (helm template, or the tool that fills it in), then give us the result",
    "can't set distinct values on 'XX' and 'XX'XX",
    "declares mutually exclusive `network_mode` and `networks`",
    "depends on undefined service XXXX",
}


def _template(node: ast.expr) -> str | None:
    """Write a literal with ``XX`` for what is put in; whole numbers cannot be told apart."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "XX" for part in node.values
        )
    return None


def _carried(tree: ast.Module) -> Iterator[str]:
    """Give the literals that a carrier is made of: written in its call, or named before."""
    scopes = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Module))
    for scope in scopes:
        nodes = list(ast.walk(scope))
        named: dict[str, list[str]] = {}
        for node in nodes:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).extend(_literals(node.value, {}))
        for node in nodes:
            if isinstance(node, ast.Call) and CARRIERS.fullmatch(ast.unparse(node.func)):
                for each in (*node.args, *(keyword.value for keyword in node.keywords)):
                    yield from _literals(each, named)


def _literals(node: ast.expr, named: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Name):
        return named.get(node.id, [])
    text = _template(node)
    return [] if text is None else [text]


def _sentences() -> list[str]:
    found: set[str] = set()
    for file in SPEAKERS:
        for text in _carried(ast.parse(file.read_text("utf-8"))):
            if text not in PIECES and len(re.findall(r"[A-Za-z]{2,}", text.replace("XX", ""))) > 1:
                found.add(text)
    return sorted(found)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("text", _sentences())
def test_each_reason_that_people_read_can_be_said_in_chinese(text: str) -> None:
    shapes = (text.replace("XX:XX", "a.yaml:3").replace("XX", each) for each in ("7", "a", "b:3"))

    assert any(known(each) for each in shapes), "add it to knowledge/sentences, in both languages"


@pytest.mark.parametrize(
    "whole",
    [
        'volume "data" must declare either `file` or `environment`: invalid compose project',
        f"{TEMPLATE} (helm template, or the tool that fills it in), then give us the result",
        "services.web: can't set distinct values on 'cpus' and 'deploy': invalid compose project",
        f'service "web" declares mutually exclusive `network_mode` and `networks`{INVALID}',
        'service "web" depends on undefined service "db": invalid compose project',
        f'service "web" declares mutually exclusive dockerfile and dockerfile_inline{INVALID}',
        'service "web" declares non-buildable service "api" as additional contexts base',
        f'service.build.platforms MUST include service.platform "linux/arm64"{INVALID}',
        "secrets.key: file|environment attributes are mutually exclusive",
        'volumes.data: conflicting parameters "external" and "driver" specified',
        'services.web.gpus: "count" and "device_ids" attributes are exclusive',
        f"services.web.develop.watch: target is required for non-rebuild actions{INVALID}",
        "service \"api\" not found for network_mode 'service:api'",
        "services.web.cpus must be a number",
        "services.web.cgroup must be one of host, private",
        "services.web.environment.KEY must be a text",
        'service "web" refers to undefined network back: invalid compose project',
    ],
)
def test_what_is_put_together_from_pieces_can_be_said_in_chinese(whole: str) -> None:
    assert known(whole)


def test_both_languages_have_the_same_sentences_with_the_same_parameters() -> None:
    english, chinese = texts("en"), texts("zh")

    assert english.keys() == chinese.keys()
    for name, text in english.items():
        assert _fields(text) == _fields(chinese[name]), name
        assert CHINESE.search(chinese[name]), name
        assert not CHINESE.search(text), name


def test_a_sentence_keeps_its_parameters() -> None:
    said = in_language("is defined again at shop/db.yaml:12, and the later one counts", "zh")

    assert "shop/db.yaml:12" in said
    assert CHINESE.search(said)
    assert "defined" not in said


def test_a_reason_within_a_sentence_is_said_too() -> None:
    said = in_language("its rendered form is not UTF-8 text", "zh")

    assert (
        said
        == f"{texts('zh')['sentences.documents.rendered'].format(reason='')}"
        + (texts("zh")["sentences.documents.utf8"])
    )


def test_what_an_outside_program_said_stays_as_it_was_said() -> None:
    said = in_language("The chart does not render: values don't meet the schema", "zh")

    assert "values don't meet the schema" in said


def test_what_happened_and_the_remedy_are_said_one_by_one() -> None:
    remedy = "`cmi doctor` says what it is needed for and how to get it."
    both = f"`kubectl` is not installed here. {remedy}"

    said = in_language(both, "zh")

    assert "kubectl" in said
    assert "installed" not in said
    assert "needed" not in said


def test_unknown_sentences_and_english_readers_get_what_was_written() -> None:
    assert in_language("The moon is full", "zh") == "The moon is full"
    assert in_language("is not YAML", "en") == "is not YAML"
    assert in_language("", "zh") == ""


def test_a_hostile_name_is_a_parameter_and_never_a_pattern() -> None:
    said = in_language("services.{n}.(x).ports[3] is no valid port", "zh")

    assert "{n}.(x)" in said
