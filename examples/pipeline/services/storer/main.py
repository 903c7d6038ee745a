"""Write each enriched event into the database."""

import sys

import pymysql
import queues
import tables


def main() -> None:
    """Make the table, then wait at the queue of enriched events, for ever."""
    try:
        database = tables.connect()
    except (KeyError, pymysql.Error) as error:
        sys.stderr.write(f"Cannot reach the database: {error!r}\n")
        sys.exit(queues.EXIT_NOT_STARTED)
    with database.cursor() as cursor:
        cursor.execute(tables.SCHEMA)

    def store(event: dict[str, object]) -> None:
        with database.cursor() as cursor:
            cursor.execute(tables.INSERT, tables.row(event))

    queues.work(queues.opened(queues.ENRICHED), queues.ENRICHED, store)


if __name__ == "__main__":
    main()
