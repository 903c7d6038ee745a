#!/bin/sh
# Read the queue `raw`: each event is the standard input of a process of its own.
set -eu

# The broker's health check promises more than it keeps, so we knock more than once.
tries=0
until amqp-declare-queue --url "$AMQP_URL" --durable --queue raw > /dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 10 ] || exit 3
    sleep 1
done
for queue in parsed refused; do
    amqp-declare-queue --url "$AMQP_URL" --durable --queue "$queue" > /dev/null
done
amqp-consume --url "$AMQP_URL" --queue raw --prefetch-count 8 /srv/parse.sh
