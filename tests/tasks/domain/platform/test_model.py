from __future__ import annotations

import dataclasses
import json
import pickle
import sys
from pathlib import Path

import pytest

from tasks.domain.platform import model
from tasks.domain.platform.model import Edge, Endpoint, Entry, EntryKind, Platform, Service
from tasks.domain.platform.nodes import Place
from tasks.tools.platforms import intake

CHECKOUT = Path(__file__).resolve().parents[4]
SCHEMA = CHECKOUT / "knowledge/schemas/definitions.json"
# What is known of the whole, and has no place of its own in a file.
OF_THE_WHOLE = {"Entry", "Platform", "Unread", "NotAssessed"}


def _classes() -> list[type]:
    own = vars(sys.modules[model.__name__]).values()
    return [
        each
        for each in own
        if isinstance(each, type)
        and dataclasses.is_dataclass(each)
        and each.__module__ == model.__name__
    ]


def test_packagings_are_those_that_the_bundle_promises() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    promised = schema["$defs"]["entry"]["properties"]["kind"]["enum"]
    assert [each.value for each in EntryKind] == promised


def test_everything_that_is_written_somewhere_knows_its_place() -> None:
    without = {
        each.__name__
        for each in _classes()
        if "place" not in {field.name for field in dataclasses.fields(each)}
    }

    assert without == OF_THE_WHOLE


@pytest.mark.parametrize("kind", _classes(), ids=lambda kind: kind.__name__)
def test_no_part_of_a_platform_is_ever_edited(kind: type) -> None:
    parameters = kind.__dataclass_params__  # type: ignore[attr-defined]  # dataclasses have them

    assert parameters.frozen


def test_what_nobody_wrote_is_unknown_and_not_a_claim() -> None:
    bare = Service("web", "Compose", Place("compose.yaml", 1, 1), "services.web", ())

    named = ("host_network", "host_pid", "host_ipc", "host_users", "token_mounted", "restart")
    assert {getattr(bare, name) for name in named} == {None}


def test_a_platform_survives_being_stored() -> None:
    platform = intake([CHECKOUT / "examples/shop"]).platform

    assert platform is not None
    assert platform.services
    assert platform.edges
    assert pickle.loads(pickle.dumps(platform)) == platform  # noqa: S301  # our own bytes


def test_two_platforms_with_the_same_parts_are_the_same() -> None:
    entry = Entry("compose", EntryKind.COMPOSE, ("compose.yaml",))
    place = Place("compose.yaml", 1, 1)
    edge = Edge("web", "db", "depends_on", place)
    door = Endpoint("web", "Service", place, "Service/web:")

    assert Platform(entry, edges=(edge,)) == Platform(entry, edges=(edge,))
    assert Platform(entry, edges=(edge,)) != Platform(entry, endpoints=(door,))
