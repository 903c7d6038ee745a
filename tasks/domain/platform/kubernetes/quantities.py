"""Quantities of Kubernetes: ``500m``, ``64Mi``, ``1e3``, read exactly.

The grammar is that of apimachinery's resource.Quantity. What it refuses
(``128 Mi``, ``100mb``, a negative amount) is no quantity here either.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

_QUANTITY = re.compile(
    r"\+?(?P<number>[0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})"
    r"(?P<suffix>[KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]{1,2})?"
)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


def quantity(text: str) -> Fraction | None:
    """Give the exact amount, or None when Kubernetes would refuse the text."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number, suffix = Fraction(found["number"]), found["suffix"] or ""
    if suffix in _BINARY:
        return number * (1 << _BINARY[suffix])
    exponent = _DECIMAL.get(suffix)
    if exponent is None:
        exponent = int(suffix[1:]) if suffix else 0
    return number * Fraction(f"1e{exponent}")


def in_bytes(text: str) -> int | None:
    """Give a memory quantity in whole bytes, rounded up as Kubernetes does."""
    amount = quantity(text)
    return None if amount is None else math.ceil(amount)


def in_cores(text: str) -> float | None:
    """Give a processor quantity in cores."""
    amount = quantity(text)
    return None if amount is None else float(amount)
