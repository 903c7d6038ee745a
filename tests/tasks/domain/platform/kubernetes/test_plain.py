from __future__ import annotations

import pytest
import yaml

from tasks.domain.platform.documents import parse
from tasks.domain.platform.kubernetes.plain import place_at, plain_value

TEXT = """\
base: &base {a: 1, b: [x, z]}
more: &more
  c: "5"
whole:
  <<: [*base, *more]
  a: 2
  on: yes
"""


def test_a_plain_value_equals_what_a_second_reader_makes_of_it() -> None:
    root = parse("f.yaml", TEXT)[0].root

    assert root is not None
    expected = yaml.safe_load(TEXT)
    expected["whole"]["on"] = expected["whole"].pop(True)  # keys are text in Kubernetes
    assert plain_value(root) == expected


@pytest.mark.parametrize(
    ("path", "place"),
    [(["whole", "a"], (6, 3)), (["base", "b", 1], (1, 27)), (["whole", "nope", 3], (4, 1))],
)
def test_a_path_leads_to_the_last_place_that_is_written(
    path: list[str | int], place: tuple[int, int]
) -> None:
    root = parse("f.yaml", TEXT)[0].root

    assert root is not None
    found = place_at(root, path)
    assert (found.line, found.column) == place
