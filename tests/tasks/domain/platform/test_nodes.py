from __future__ import annotations

import pytest

from tasks.domain.platform.documents import parse
from tasks.domain.platform.nodes import Mapping, Scalar, Value, target, value


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("22:22", "22:22"),
        ("NO", "NO"),
        ("on", "on"),
        ("true", True),
        ("0644", 420),
        ("0o17", 15),
        ("0x1F", 31),
        ("-1_000", -1000),
        ("3.10", 3.1),
        ("'3.10'", "3.10"),
        ("!!str 5", "5"),
        ("~", None),
        ("1." + "9" * 80, "1." + "9" * 80),
        ("2024-02-30", "2024-02-30"),
    ],
)
def test_a_scalar_is_read_as_the_real_readers_do(written: str, read: Value) -> None:
    (document,) = parse("f.yaml", f"k: {written}\n")

    assert isinstance(document.root, Mapping)
    scalar = target(document.root.pairs[0].value)
    assert isinstance(scalar, Scalar)
    assert value(scalar) == read
    assert type(value(scalar)) is type(read)
