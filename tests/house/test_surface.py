"""What the first page promises exists: commands, deployments, targets, files."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from deployments.cli.main import COMMANDS
from deployments.local.verbs import VERBS

CHECKOUT = Path(__file__).resolve().parents[2]
README = CHECKOUT / "README.md"


def _verbs_of_start_project() -> set[str]:
    return {verb.split()[0] for verb in VERBS}


def _verbs_of_cmi() -> set[str]:
    return {verb.split()[0] for verb, _, _ in COMMANDS}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_command_on_our_pages_exists(page: str) -> None:
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    ours = set(re.findall(r"\./start-project\.sh ([a-z]+)", text))
    cmi = set(re.findall(r"(?:^|`)cmi ([a-z]+)", text, re.MULTILINE))
    make = set(re.findall(r"`make ([a-z-]+)`", text))
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))

    assert ours <= _verbs_of_start_project() | _verbs_of_cmi()
    assert cmi <= _verbs_of_cmi()
    assert make <= targets


def test_every_verb_of_cmi_is_named_on_the_first_page() -> None:
    text = README.read_text(encoding="utf-8")

    assert [verb for verb in _verbs_of_cmi() if not re.search(rf"\b{verb}\b", text)] == []


@pytest.mark.parametrize(("verb", "target"), [(v, t) for v, t, _ in COMMANDS])
def test_every_verb_of_cmi_is_a_function(verb: str, target: str) -> None:
    module, _, function = target.partition(":")
    path = CHECKOUT / (module.replace(".", "/") + ".py")

    assert path.exists(), f"cmi {verb} has no module {module}"
    assert function in _functions(path)


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_every_deployment_names_a_flow() -> None:
    document = yaml.safe_load((CHECKOUT / "prefect.yaml").read_text(encoding="utf-8"))

    assert document["deployments"]
    for deployment in document["deployments"]:
        path, _, flow = deployment["entrypoint"].partition(":")
        assert flow in _functions(CHECKOUT / path), deployment["name"]


def test_every_link_on_our_pages_leads_somewhere() -> None:
    pages = [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")]
    broken = [
        (page.name, link)
        for page in pages
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]

    assert broken == []


def test_the_makefile_has_at_most_twelve_targets_and_lists_them_all() -> None:
    text = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", text, re.MULTILINE)

    assert len(targets) <= 12
    assert targets == re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)


def test_the_start_script_has_under_sixty_lines() -> None:
    assert len((CHECKOUT / "start-project.sh").read_text().splitlines()) < 60


def test_the_template_has_the_five_settings_and_no_secret() -> None:
    lines = (CHECKOUT / ".env.template").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert list(settings) == [
        "PROJECT_NAME",
        "PROJECT_VERSION",
        "DOCKER_REGISTRY",
        "GITHUB_TOKEN",
        "KUBE_CONFIG",
    ]
    assert settings["GITHUB_TOKEN"] == settings["KUBE_CONFIG"] == ""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert settings["PROJECT_NAME"] == project["name"]
    assert settings["PROJECT_VERSION"] == project["version"]
