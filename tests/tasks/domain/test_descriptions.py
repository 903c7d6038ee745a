from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tasks.domain.candidates import Edit
from tasks.domain.conflicts import Combined
from tasks.domain.descriptions import describe
from tasks.domain.patches import apply_edits, in_order
from tasks.domain.platform.nodes import Span
from tasks.domain.recipes import follow, to_plain
from tasks.tools.roundtrip import applied, undone

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "compose.yaml"
SERVICE = """\
  {name}:
    image: shop/web:1
    environment:
      TOKEN: hunter2-{name}
    read_only: true
    # hunter2 in a comment
    restart: always
    init: true
    tty: true
"""
N = range(6)
TEXT = "services:\n" + "".join(SERVICE.format(name=f"web{number}") for number in N)


def at(old: str, new: str, service: int = 0) -> Edit:
    """Replace ``old`` in a service."""
    start = TEXT.index(old, TEXT.index(f"web{service}:"))
    return Edit(FILE, Span(start, start + len(old)), new)


def both_ways(edits: Sequence[Edit]) -> Combined:
    """Describe edits, and see that they give what they say and can be taken back."""
    patch, recipe = describe(FILE, TEXT.encode(), edits)
    made = Combined(patch, recipes=(recipe,) if recipe else ())
    before = {FILE: TEXT.encode()}
    after = applied(made, before)

    assert after[FILE].decode() == apply_edits(TEXT, edits)
    assert undone(made, after) == before
    assert "hunter2" not in patch
    assert "hunter2" not in str([to_plain(each) for each in made.recipes])
    return made


def test_what_a_patch_may_show_needs_no_recipe() -> None:
    made = both_ways([at("init: true", "init: false"), at("always", "unless-stopped", 3)])

    assert made.patch.count("\n-") == 2 + 1  # the header has one as well
    assert made.recipes == ()


def test_what_may_hide_a_secret_is_a_recipe_and_the_rest_a_patch_upon_it() -> None:
    hidden = at("read_only: true", "read_only: true\n    cap_drop: [ALL]")
    made = both_ways([hidden, at("always", "unless-stopped", 3)])

    assert [each.edits for each in made.recipes] == [(hidden,)]
    assert "+    restart: unless-stopped" in made.patch
    assert "cap_drop" not in made.patch


def test_a_file_that_git_takes_for_a_binary_one_is_a_recipe_as_a_whole() -> None:
    data = TEXT.encode("utf-16")
    patch, recipe = describe(FILE, data, [at("init: true", "init: false")])

    assert patch == ""
    assert recipe is not None
    assert follow(recipe, data).decode("utf-16") == TEXT.replace("init: true", "init: false", 1)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_changed_together_there_and_back_is_what_the_edits_say(seed: int) -> None:
    draw = random.Random(seed)
    places = [
        *(at("read_only: true", f"read_only: {draw.choice(['false', 'true # x'])}", n) for n in N),
        *(at("init: true", "init: false", n) for n in N),
        *(at("    tty: true\n", "", n) for n in N),
        *(at("    restart", f"    stop_grace_period: {n}s\n    restart", n) for n in N),
        *(at("    image", f"    hostname: h{n}\n    labels:\n      a: b\n    image", n) for n in N),
    ]
    chosen = in_order(draw.sample(places, draw.randint(2, 12)))
    made = both_ways(chosen)

    assert made.patch or made.recipes
