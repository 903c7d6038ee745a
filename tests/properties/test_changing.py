"""Properties of changes: applied and taken back by git, every byte is as before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.domain.assess import assess
from tasks.domain.conflicts import combine
from tasks.domain.patches import apply_edits, inverse
from tasks.domain.platform.documents import decode
from tasks.domain.platform.sources import Source
from tasks.domain.propose import propose
from tasks.tools import git
from tests.properties.formatting import rendered, styles
from tests.properties.platforms import compose, manifests
from tests.properties.test_reading import platforms
from tests.tasks.domain.platform.compose.generate import Maker
from tests.tasks.domain.platform.compose.oracle import differences, docker_says, program, we_say


@given(document=st.one_of(compose(), manifests().map(lambda m: m[0])), style=styles())
def test_a_patch_and_its_reverse_leave_the_same_bytes(document: Any, style: Any) -> None:
    name = "compose.yaml" if "services" in document else "all.yaml"
    source = Source("p", {name: rendered(document, style)})
    (platform,) = platforms(source)
    findings = assess(platform)
    candidates = propose(platform, findings, source)
    assume(candidates)
    for each in candidates:
        text = decode(name, source.files[name])
        after = apply_edits(text, each.edits)
        assert apply_edits(after, inverse(text, each.edits)) == text

    combined = combine(candidates, findings, source)
    if combined.patch:
        before = dict(source.files)
        changed = git.apply(combined.patch, before)
        assert changed != before
        assert git.reverse(combined.patch, changed) == before
        again = Source("p", changed)
        assert [p.unread for p in platforms(again)] == [platform.unread]


@pytest.mark.skipif(program() is None, reason="no docker-compose here")
@given(seed=st.integers(1_000_000, 2**32))
def test_our_resolver_agrees_with_docker_compose(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = Maker(seed).make()
    folder = tmp_path_factory.mktemp("project")
    for name, body in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    theirs = docker_says(str(program()), folder, made.paths, made.profiles)

    assert differences(theirs, we_say(folder, made.paths, made.profiles)) == []
