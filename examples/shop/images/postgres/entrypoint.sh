#!/bin/sh
# Make the data folder on the first start, then hand over to the server.
# As root: the volume's owner is not known before; the server itself runs as postgres.
set -eu

PATH=/usr/lib/postgresql/15/bin:$PATH
mkdir -p "$PGDATA" /var/run/postgresql
chown -R postgres "$PGDATA" /var/run/postgresql
chmod 700 "$PGDATA"

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    umask 077
    secret=$(mktemp)
    printf '%s\n' "$POSTGRES_PASSWORD" > "$secret"
    chown postgres "$secret"
    gosu postgres initdb --username="$POSTGRES_USER" --pwfile="$secret" \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    rm "$secret"
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    # The temporary server listens on the socket only, so that nobody takes it for the real one.
    gosu postgres pg_ctl -w -o "-c listen_addresses=''" start
    gosu postgres createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
    gosu postgres pg_ctl -w -m fast stop
fi

exec gosu postgres postgres -c listen_addresses='*'
