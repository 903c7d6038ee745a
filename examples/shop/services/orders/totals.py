"""What an order costs."""

# Orders of this many cents and more travel free.
FREE_SHIPPING_FROM = 5000
SHIPPING_CENTS = 490


def total(price_cents: int, quantity: int) -> int:
    """The cents to pay for ``quantity`` pieces, shipping included.

    Raises:
        ValueError: when nothing, or less, is ordered.
    """
    if quantity < 1:
        msg = f"An order needs at least one piece, not {quantity}."
        raise ValueError(msg)
    goods = price_cents * quantity
    return goods if goods >= FREE_SHIPPING_FROM else goods + SHIPPING_CENTS
