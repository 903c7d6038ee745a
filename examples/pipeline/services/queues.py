"""Talk to the broker. Who cannot reach it for some seconds ends with exit code 3."""

import json
import os
import sys
from collections.abc import Callable

import pika
from pika.exceptions import AMQPError

RAW, PARSED, ENRICHED = "raw", "parsed", "enriched"
EXIT_NOT_STARTED = 3
# Events that a worker may hold at the same time.
PREFETCH = 20
# Its health check promises more than it keeps, so whoever begins knocks more than once.
ATTEMPTS, PAUSE_SECONDS = 10, 1
PERSISTENT = pika.BasicProperties(delivery_mode=2)


def connect() -> pika.BlockingConnection:
    """Open a connection to the broker that the environment names."""
    parameters = pika.URLParameters(os.environ["AMQP_URL"])
    parameters.connection_attempts, parameters.retry_delay = ATTEMPTS, PAUSE_SECONDS
    return pika.BlockingConnection(parameters)


def opened(*queues: str) -> pika.BlockingConnection:
    """Connect at the start of a service, and make the queues that it needs."""
    try:
        connection = connect()
    except (KeyError, AMQPError, OSError) as error:
        sys.stderr.write(f"Cannot reach the broker: {error!r}\n")
        sys.exit(EXIT_NOT_STARTED)
    channel = connection.channel()
    for queue in queues:
        channel.queue_declare(queue, durable=True)
    return connection


def publish(channel: object, queue: str, event: dict[str, object]) -> None:
    """Put one event on a queue, to be kept over a restart of the broker."""
    channel.basic_publish("", queue, json.dumps(event).encode(), PERSISTENT)


def work(connection: object, queue: str, handle: Callable[[dict[str, object]], None]) -> None:
    """Hand each event of a queue to ``handle``; it leaves the queue when that came to its end."""

    def take(channel: object, method: object, _: object, body: bytes) -> None:
        handle(json.loads(body))
        channel.basic_ack(method.delivery_tag)

    channel = connection.channel()
    channel.basic_qos(prefetch_count=PREFETCH)
    channel.basic_consume(queue, take)
    channel.start_consuming()
