from __future__ import annotations

import pytest

from tasks.domain.assess import assess
from tasks.domain.platform.compose.reader import read
from tasks.domain.platform.model import Entry, EntryKind
from tasks.domain.platform.sources import Source
from tasks.domain.security.candidates.ground import Ground, NotOfferedError

SOURCE = Source("t", {"compose.yaml": b"services:\n  web: {image: a}\n", "bad.yaml": b"a: [\n"})


@pytest.fixture
def ground() -> Ground:
    platform = read(SOURCE, Entry("e", EntryKind.COMPOSE, ("compose.yaml",)))
    return Ground(platform, assess(platform), SOURCE)


def test_a_finding_leads_to_its_container(ground: Ground) -> None:
    (finding,) = [each for each in ground.findings if each.check == "no-memory-limit"]

    assert ground.part(finding).service.name == "web"
    assert ground.same(finding) == {"web": (finding,)}


def test_a_name_that_means_none_is_refused(ground: Ground) -> None:
    with pytest.raises(NotOfferedError, match="0 services"):
        ground.service("nobody")


def test_a_file_that_cannot_be_read_is_none(ground: Ground) -> None:
    assert ground.written("bad.yaml") is None
    assert ground.written("missing.yaml") is None
    assert [each.file for each in ground.files()] == ["compose.yaml"]
