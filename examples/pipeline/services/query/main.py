"""Answer what was measured."""

import tables
from serving import serve

NEWEST = """
SELECT celsius, place, alarm FROM readings WHERE sensor = %s ORDER BY stored_at DESC LIMIT 20
"""


def answer(method: str, path: str, body: bytes) -> tuple[int, object]:
    """Answer ``/readings/SENSOR`` and ``/count``."""
    if path == "/health":
        return 200, {"status": "ok"}
    if path == "/count":
        return 200, {"stored": asked("SELECT count(*) FROM readings")[0][0]}
    _, kind, *rest = path.split("/")
    if kind != "readings" or len(rest) != 1:
        return 404, {"error": "There are only /readings/SENSOR and /count here."}
    rows = asked(NEWEST, rest[0])
    if not rows:
        return 404, {"error": "Nothing was measured there."}
    readings = [{"celsius": c, "place": p, "alarm": bool(a)} for c, p, a in rows]
    return 200, {"sensor": rest[0], "readings": readings}


def asked(query: str, *values: object) -> tuple[tuple[object, ...], ...]:
    """The rows of one query, over a connection of its own."""
    with tables.connect() as database, database.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


if __name__ == "__main__":
    serve(answer)
