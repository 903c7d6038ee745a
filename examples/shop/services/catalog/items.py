"""What the catalogue sells at first, and how an item is written for clients."""

from collections.abc import Sequence

# Name, price in cents, pieces in stock.
FIRST_ITEMS: tuple[tuple[str, int, int], ...] = (
    ("teapot", 2450, 40),
    ("cup", 690, 200),
    ("kettle", 3900, 25),
    ("strainer", 480, 120),
    ("tray", 1575, 60),
)


def as_item(row: Sequence[object]) -> dict[str, object]:
    """Name the columns of one row of the table ``items``."""
    return dict(zip(("id", "name", "price_cents", "stock"), row, strict=True))


def price(cents: int) -> str:
    """Write an amount of cents as people read it.

    Raises:
        ValueError: for a negative amount; the shop pays nobody for taking goods.
    """
    if cents < 0:
        msg = f"A price cannot be {cents} cents."
        raise ValueError(msg)
    return f"{cents // 100}.{cents % 100:02d}"
