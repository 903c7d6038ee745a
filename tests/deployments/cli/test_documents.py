"""What commands print for programs keeps to its schema, whatever the platform."""

from pathlib import Path

import jsonschema
import pytest

from deployments.local.layout import Layout
from tasks.domain.exits import Exit
from tasks.domain.reporting.schemas import schema
from tests.commands import ROOT, cmi, one_document

SHOP = ROOT / "examples/shop"
PACKAGINGS = ("compose.yaml", "kubernetes", "kustomize/debug", "chart")
TARGETS = ("edgex", "online-boutique", "robot-shop", "sock-shop", "train-ticket")
READ = {Exit.DONE, Exit.INPUT_UNREAD}


def _keeps(command: str, platform: Path, *options: str) -> dict[str, object]:
    gate = ("--fail-on", "none") if command == "check" else ()
    answer = cmi(platform, command, ".", "--json", *gate, *options)
    assert answer.returncode in READ, answer.stderr
    return one_document(answer, command, Exit(answer.returncode))


@pytest.mark.parametrize("packaging", PACKAGINGS)
def test_each_packaging_of_the_shop(packaging: str) -> None:
    assert _keeps("intake", SHOP, "--entry", packaging)["entries"]
    assert _keeps("check", SHOP, "--entry", packaging)["findings"]


@pytest.mark.targets
@pytest.mark.parametrize("name", TARGETS)
def test_each_platform_that_others_made(name: str, targets: Path) -> None:
    assert _keeps("intake", targets / name)["entries"]
    assert _keeps("check", targets / name)["findings"]


@pytest.mark.parametrize(
    ("command", "lists", "some"),
    [("checks", "checks", True), ("doctor", "items", True), ("status", "services", False)],
)
def test_what_is_said_about_ourselves(
    command: str, lists: str, some: bool, own_layout: Layout
) -> None:
    """Checks and requirements there are everywhere; services only where they were started."""
    answer = cmi(ROOT, command, "--json", CMI_STATE=str(own_layout.state))

    assert bool(one_document(answer, command, Exit.DONE)[lists]) is some


def test_a_document_with_an_invented_field_is_refused() -> None:
    document = _keeps("check", SHOP) | {"invented": 1}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema("check"))
