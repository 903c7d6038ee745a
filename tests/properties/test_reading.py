"""Properties of reading, whatever is written: total, placed, the same in every formatting."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, note
from hypothesis import strategies as st

from tasks.domain.assess import assess
from tasks.domain.canonical import plain
from tasks.domain.platform.compose import reader as compose_reader
from tasks.domain.platform.counts import total
from tasks.domain.platform.documents import DocumentError, parse
from tasks.domain.platform.entries import find
from tasks.domain.platform.kubernetes import reader as kubernetes_reader
from tasks.domain.platform.model import EntryKind, Platform
from tasks.domain.platform.sources import Source
from tasks.domain.platform.survey import survey
from tasks.domain.propose import propose_with_reasons
from tests.fuzz.doors import DOORS
from tests.fuzz.harness import SECONDS
from tests.fuzz.seeds import seeds
from tests.places import misplaced
from tests.properties.formatting import rendered, same, styles
from tests.properties.platforms import compose, manifests

if TYPE_CHECKING:
    from collections.abc import Mapping

CANARY = st.integers(0, 9).map(lambda n: f"Zq{n}canary7Hx+/{n}")
ENTERED = tuple((door, seeds(door.name)) for door in DOORS)


def platforms(source: Source) -> list[Platform]:
    """Read every entry of a source."""
    entries = [each.entry for each in find(source, survey(source))]
    return [
        compose_reader.read(source, entry)
        if entry.kind is EntryKind.COMPOSE
        else kubernetes_reader.read(source, entry)
        for entry in entries
    ]


def seen(source: Source) -> dict[str, Any]:
    """Give all that may not depend on how files are written: counts, services, findings."""
    files = survey(source)
    found = platforms(source)
    return {
        "counts": plain(total(each.tally for each in files)),
        "services": sorted(service.name for each in found for service in each.services),
        "edges": Counter(
            (edge.source, edge.target, edge.kind) for each in found for edge in each.edges
        ),
        "findings": Counter(
            (f.check, f.severity, f.subject, _meaning(f.facts))
            for each in found
            for f in assess(each)
        ),
    }


def _meaning(facts: Mapping[str, str]) -> frozenset[tuple[str, tuple[str, ...]]]:
    """Give facts without the lines that they name; lists follow the order of the files."""
    told = {name: text for name, text in facts.items() if name != "line"}
    return frozenset((name, tuple(sorted(text.split(", ")))) for name, text in told.items())


@given(data=st.data())
def test_reading_is_total(data: st.DataObject) -> None:
    """Our own inputs, cut and spliced anywhere: no door raises or takes long, whatever comes."""
    door, known = data.draw(st.sampled_from(ENTERED))
    one, other = data.draw(st.sampled_from(known)), data.draw(st.sampled_from(known))
    cut, splice = data.draw(st.integers(0, len(one))), data.draw(st.integers(0, len(other)))
    junk = data.draw(st.binary(max_size=8))
    begin = time.process_time()

    door.enter(one[:cut] + junk + other[splice:])  # raises whatever the reader does not refuse

    assert time.process_time() - begin < SECONDS


@given(document=st.one_of(compose(), manifests()), style=styles())
def test_every_place_points_at_the_text_that_it_claims(document: Any, style: Any) -> None:
    text = rendered(document, style).decode().removeprefix("\ufeff")
    documents = parse("all.yaml", text)

    assert misplaced(text, documents) == []


@given(text=st.text(alphabet=" \n\t-:?&*!|>'\"#%@`,[]{}ab1~<=.\\", max_size=60))
def test_whatever_parses_has_its_places(text: str) -> None:
    try:
        theirs = list(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return
    try:
        documents = parse("any.yaml", text)
    except DocumentError as refusal:
        told = refusal.reason  # an alias that has no target yet: to the events it is one
    else:
        assert misplaced(text, documents) == []
        assert len(documents) == sum(isinstance(each, yaml.DocumentEndEvent) for each in theirs)
        return
    assert told.startswith(("alias *", "is nested", "expands"))


@given(project=compose(), data=st.data())
def test_a_compose_file_means_the_same_however_it_is_written(
    project: Any, data: st.DataObject
) -> None:
    one, other = same(data, project)
    note(other.decode())

    assert seen(Source("p", {"compose.yaml": one})) == seen(Source("p", {"compose.yaml": other}))


@given(objects=manifests(), data=st.data())
def test_manifests_mean_the_same_in_any_order_and_formatting(
    objects: list[Any], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(objects))))
    styled = [same(data, each) for each in objects]
    one = {f"{n:02}.yaml": first for n, (first, _) in enumerate(styled)}
    other = {f"{n:02}.yaml": styled[at][1] for n, at in enumerate(order)}

    assert seen(Source("p", one)) == seen(Source("p", other))


@pytest.mark.parametrize("kind", ["compose", "manifests"])
@given(data=st.data())
def test_no_text_of_a_value_survives_reading(kind: str, data: st.DataObject) -> None:
    drawn = data.draw(compose(CANARY) if kind == "compose" else manifests(CANARY))
    objects = drawn if isinstance(drawn, list) else [drawn]
    style = data.draw(styles())
    name = "compose.yaml" if kind == "compose" else "all.yaml"
    body = b"\n---\n".join(rendered(each, style).removeprefix(b"\xef\xbb\xbf") for each in objects)
    source = Source("p", {name: body})

    for platform in platforms(source):
        findings = assess(platform)
        proposed = propose_with_reasons(platform, findings, source)
        whole = repr(platform) + repr(findings) + repr(proposed.not_assessed)
        patches = "".join(each.patch for each in proposed.candidates)
        assert platform.services
        assert "canary7Hx" in body.decode() or "canary" not in whole
        assert "canary7Hx" not in whole
        assert "canary7Hx" not in patches
