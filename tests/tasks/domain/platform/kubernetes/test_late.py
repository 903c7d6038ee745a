from __future__ import annotations

import re

import pytest

from tasks.domain.platform.kubernetes.late import has_placeholder, is_bare, official_images
from tasks.domain.platform.kubernetes.reader import read
from tasks.domain.platform.model import Entry, EntryKind, NotAssessed
from tasks.domain.platform.sources import Source
from tasks.domain.sentences import known

ENTRY = Entry("all.yaml", EntryKind.KUBERNETES, ("all.yaml",))


def _said(*images: str, live: bool = False) -> tuple[NotAssessed, ...]:
    text = "---\n".join(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}}}\nspec:\n  containers:\n"
        f"  - name: a\n    image: '{image}'\n"
        for number, image in enumerate(images)
    )
    return read(Source("s", {"all.yaml": text.encode()}, live=live), ENTRY).not_assessed


@pytest.mark.parametrize("image", ["emailservice", "${REPO}/shop:1", "a/shop:$TAG", "$(REPO)/b:2"])
def test_an_image_of_which_nothing_says_what_it_will_be_is_named(image: str) -> None:
    (found,) = _said("nginx:1.27", image)

    assert found.what == f"image {image} (all.yaml:15)"
    assert not found.input  # the definition itself is understood
    assert all(known(text) for text in (found.what, found.reason, found.remedy))


@pytest.mark.parametrize("image", ["nginx", "shop/web", "web:1", "a@sha256:" + "0" * 64])
def test_an_image_that_a_registry_may_have_is_not(image: str) -> None:
    assert _said(image) == ()
    assert not has_placeholder(image)
    assert not is_bare(image)


def test_many_are_named_in_one_line() -> None:
    (found,) = _said("one", "two", "three", "four", "one")

    assert found.what == "image one, two, three and 1 more (all.yaml:7)"


def test_what_runs_has_its_image() -> None:
    assert _said("emailservice", live=True) == ()


def test_official_images_are_bare_names() -> None:
    names = official_images()

    assert {"postgres", "nginx", "elasticsearch"} <= names
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in names)
