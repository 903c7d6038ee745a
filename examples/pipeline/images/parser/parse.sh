#!/bin/sh
# Bring one event into the form that the others expect; what is no event goes to a queue apart.
set -eu

event=$(cat)
queue=parsed
if ! form=$(printf '%s' "$event" |
    jq -ce '{id: (.id | strings), sensor: (.sensor | strings), celsius: (.celsius | tonumber)}'); then
    queue=refused
    form=$event
fi
printf '%s' "$form" | amqp-publish --url "$AMQP_URL" --persistent --routing-key "$queue"
