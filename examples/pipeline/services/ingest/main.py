"""Take readings over HTTP and put each on the queue of raw events."""

import uuid

import queues
from ingest.events import read_event
from serving import serve


def answer(method: str, path: str, body: bytes) -> tuple[int, object]:
    """Accept ``POST /events``; what becomes of the reading is the workers' business."""
    if path == "/health":
        return 200, {"status": "ok"}
    if (method, path) != ("POST", "/events"):
        return 404, {"error": "There is only POST /events here."}
    event = read_event(body)
    if event is None:
        return 422, {"error": "An event is an object with a sensor and its celsius."}
    event["id"] = uuid.uuid4().hex
    # A connection for each request: the library's own must not be shared by threads.
    connection = queues.connect()
    try:
        queues.publish(connection.channel(), queues.RAW, event)
    finally:
        connection.close()
    return 202, {"id": event["id"]}


def main() -> None:
    """Make the queue, then serve on port 8000."""
    queues.opened(queues.RAW).close()
    serve(answer)


if __name__ == "__main__":
    main()
