"""Add to each event what is known of its sensor."""

import queues
from enricher.places import enriched


def main() -> None:
    """Wait at the queue of parsed events, for ever."""
    connection = queues.opened(queues.PARSED, queues.ENRICHED)
    out = connection.channel()
    queues.work(
        connection,
        queues.PARSED,
        lambda event: queues.publish(out, queues.ENRICHED, enriched(event)),
    )


if __name__ == "__main__":
    main()
