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


@pytest.mark.parametrize("others", [0, 500])
def test_pairs_are_found_by_their_own_key_however_many_there_are(others: int) -> None:
    more = "".join(f"k{n}: {n}\n" for n in range(others))
    (document,) = parse("a.yaml", f"x: &x {{a: 0}}\n<<: *x\na: 1\n{more}a: 2\n? [a]\n: 3\n")
    assert isinstance(document.root, Mapping)

    found = [p.value.text for p in document.root.named("a") if isinstance(p.value, Scalar)]

    assert found == ["1", "2"]
    assert document.root.named("gone") == []
