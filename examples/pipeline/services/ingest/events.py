"""What an event is, as its sender writes it."""

import json


def read_event(body: bytes) -> dict[str, object] | None:
    """The event in a request, or nothing when it is none. The temperature may be a text."""
    try:
        event = json.loads(body)
    except ValueError:
        return None
    if not isinstance(event, dict) or not isinstance(event.get("sensor"), str):
        return None
    if not event["sensor"] or not isinstance(event.get("celsius"), str | int | float):
        return None
    return {"sensor": event["sensor"], "celsius": event["celsius"]}
