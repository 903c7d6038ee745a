"""What leaves the project is named with its place, and never opened."""

from __future__ import annotations

import pytest

from tests.tasks.domain.platform.compose.projects import platform_of, resolved_of


def _leaving(text: str) -> list[tuple[str, bool]]:
    return [(each.path, each.needed) for each in resolved_of(text).leaving]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ("build: ../other", "../other"),
        ("build: {context: ../../other}", "../../other"),
        ("build: {context: web, dockerfile: ../../Dockerfile}", "../Dockerfile"),
        ("label_file: ../labels", "../labels"),
    ],
)
def test_what_our_answer_depends_on_is_unread_at_its_line(fields: str, path: str) -> None:
    text = f"services:\n  web:\n    image: shop/web\n    {fields}\n"

    assert _leaving(text) == [(path, True)]
    (unread,) = platform_of(text).unread
    assert (unread.file, unread.line) == ("compose.yaml", 4)
    assert path in unread.reason


@pytest.mark.parametrize("kind", ["secrets", "configs"])
def test_a_secret_outside_is_named_and_nothing_depends_on_it(kind: str) -> None:
    text = f"services: {{web: {{image: x}}}}\n{kind}:\n  key:\n    file: ../key.txt\n"

    assert _leaving(text) == [("../key.txt", False)]
    assert platform_of(text).unread == ()


@pytest.mark.parametrize(
    "fields",
    [
        "build: .",
        "build: ./web",
        "build: {context: web, dockerfile: ../Dockerfile}",
        "build: https://example.org/shop.git",
        "label_file: labels/web",
    ],
)
def test_what_stays_inside_and_what_is_an_address_does_not_leave(fields: str) -> None:
    assert _leaving(f"services:\n  web:\n    image: x\n    {fields}\n") == []
