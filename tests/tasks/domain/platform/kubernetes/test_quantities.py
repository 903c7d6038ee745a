import math

import pytest

from tasks.domain.platform.kubernetes.quantities import in_bytes, in_cores


# Expected values worked out by hand from the documentation of resource.Quantity.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("128Mi", 134_217_728),
        ("1Gi", 1_073_741_824),
        ("1.5Gi", 1_610_612_736),
        ("100M", 100_000_000),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1E", 10**18),
        ("0.1", 1),
        ("400m", 1),
        ("123", 123),
        ("4189899980800", 4_189_899_980_800),
        ("+5", 5),
        ("5.", 5),
        (".5Ki", 512),
    ],
)
def test_memory_is_read_exactly_and_rounded_up(text: str, expected: int) -> None:
    assert in_bytes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("500m", 0.5), ("2", 2.0), ("100u", 0.0001)])
def test_processor_time_is_given_in_cores(text: str, expected: float) -> None:
    found = in_cores(text)

    assert found is not None
    assert math.isclose(found, expected)


@pytest.mark.parametrize("text", ["100mb", "128 Mi", "-1", "", "Mi", "1KB", "1Kib", "1e", "\u0661"])
def test_what_kubernetes_refuses_is_no_quantity(text: str) -> None:
    assert in_bytes(text) is None
