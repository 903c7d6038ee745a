"""Tell the rest of the company about orders, through RabbitMQ."""

import json
import os
import sys

import pika
from pika.exceptions import AMQPError
from stores import EXIT_NOT_STARTED

QUEUE = "orders"


def publish(order: dict[str, object]) -> None:
    """Put ``order`` on the queue, over a connection of its own."""
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    try:
        connection.channel().basic_publish("", QUEUE, json.dumps(order).encode())
    finally:
        connection.close()


def declare() -> None:
    """Make the queue. No second try: without RabbitMQ the process ends with exit code 3."""
    try:
        connection = pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))
    except (KeyError, AMQPError, OSError) as error:
        sys.stderr.write(f"Cannot reach RabbitMQ: {error!r}\n")
        sys.exit(EXIT_NOT_STARTED)
    connection.channel().queue_declare(QUEUE, durable=True)
    connection.close()
