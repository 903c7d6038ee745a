"""Where the sensors hang, and what their readings mean there."""

# The first part of a sensor's name says where it hangs.
PLACES = {"quay": "old harbour", "hall": "cold store", "mast": "lighthouse"}
# Above so many degrees the goods of a place spoil.
SPOILS_ABOVE = {"cold store": 4.0}


def enriched(event: dict[str, object]) -> dict[str, object]:
    """The event with its place, and whether somebody should look."""
    place = PLACES.get(str(event["sensor"]).partition("-")[0], "unknown")
    limit = SPOILS_ABOVE.get(place)
    return {**event, "place": place, "alarm": limit is not None and event["celsius"] > limit}
