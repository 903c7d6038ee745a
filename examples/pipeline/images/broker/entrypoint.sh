#!/bin/sh
# Write the first user into the configuration, then start the broker in the foreground.
set -eu

cat > /etc/rabbitmq/rabbitmq.conf <<CONF
default_user = $RABBITMQ_DEFAULT_USER
default_pass = $RABBITMQ_DEFAULT_PASS
loopback_users = none
CONF
chown -R rabbitmq:rabbitmq /var/lib/rabbitmq

exec rabbitmq-server
