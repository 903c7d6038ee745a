"""The pipeline's own rules: what an event is, and what becomes of it."""

import importlib
import re
import sys
from collections.abc import Iterator

import pytest

from tests.examples.samples import EXAMPLES, SAMPLES

PIPELINE = EXAMPLES / "pipeline"


@pytest.fixture(autouse=True)
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The services' folder as the root of imports, as in their images."""
    monkeypatch.syspath_prepend(PIPELINE / "services")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in SAMPLES["pipeline"]]:
        del sys.modules[name]


def test_an_event_has_a_sensor_and_its_temperature_in_whatever_form() -> None:
    events = importlib.import_module("ingest.events")

    assert events.read_event(b'{"sensor": "hall-2", "celsius": "8", "more": 1}') == {
        "sensor": "hall-2",
        "celsius": "8",
    }
    refused = (b"", b"[]", b'{"sensor": 5, "celsius": 1}', b'{"sensor": "", "celsius": 1}')
    assert [events.read_event(each) for each in (*refused, b'{"sensor": "a"}')] == [None] * 5


def test_it_is_too_warm_in_the_cold_store_and_nowhere_else() -> None:
    places = importlib.import_module("enricher.places")
    events = [{"sensor": s, "celsius": c} for s, c in (("hall-1", 4.1), ("hall-1", 4), ("x", 40))]

    found = [places.enriched(each) for each in events]

    assert [each["alarm"] for each in found] == [True, False, False]
    assert [each["place"] for each in found] == ["cold store", "cold store", "unknown"]


def test_the_front_writes_to_one_service_and_asks_another() -> None:
    text = (PIPELINE / "images" / "front" / "haproxy.cfg").read_text("utf-8")

    assert re.findall(r"server (\w+) (\w+):8000", text) == [
        ("ingest", "ingest"),
        ("query", "query"),
    ]
    assert "use_backend ingest if { path_beg /events }" in text
