from __future__ import annotations

from tasks.domain.platform.model import Endpoint, Platform
from tasks.domain.reporting.deliverables.phrases import columns, doors, doors_text, names
from tasks.domain.reporting.texts import wording
from tests.bundles import PLATFORM, place

EN = wording("en", "deliverables")


def test_names_beyond_the_most_are_counted() -> None:
    assert names(["a", "b", "c"], EN) == "`a`, `b`, `c`"
    assert names(["a", "b", "c"], EN, 1) == "`a` and 2 more"


def test_doors_are_published_ports_and_names_in_front() -> None:
    front = Endpoint("shop", "Ingress", place(1), "x", targets=("web",))
    inside = Endpoint("db", "Service", place(1), "x", type="ClusterIP", targets=("db",))
    made = Platform(PLATFORM.entry, services=PLATFORM.services, endpoints=(front, inside))

    assert doors(made) == {"web": ["80", "Ingress/shop"]}
    assert doors_text(made, EN) == "`web` (`80`, `Ingress/shop`)"


def test_headings_of_a_table_are_one_text() -> None:
    assert columns("a | b") == ["a", "b"]
