#!/bin/sh
# On the first start, make the data folder: of a primary by initdb, of a replica by copying.
# As root: the volume's owner is not known before; the server itself runs as postgres.
set -eu

PATH=/usr/lib/postgresql/15/bin:$PATH
mkdir -p "$PGDATA" /var/run/postgresql
chown -R postgres "$PGDATA" /var/run/postgresql
chmod 700 "$PGDATA"

if [ -s "$PGDATA/PG_VERSION" ]; then
    :
elif [ -n "${PRIMARY:-}" ]; then
    PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export PGPASSWORD
    # -R writes down whom to follow; the stream begins where the copy ends.
    gosu postgres pg_basebackup --host="$PRIMARY" --username="$POSTGRES_USER" \
        --pgdata="$PGDATA" --wal-method=stream --checkpoint=fast --write-recovery-conf
    unset PGPASSWORD
else
    umask 077
    secret=$(mktemp)
    cp "$POSTGRES_PASSWORD_FILE" "$secret"
    chown postgres "$secret"
    gosu postgres initdb --username="$POSTGRES_USER" --pwfile="$secret" \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    rm "$secret"
    printf 'host all all all scram-sha-256\nhost replication all all scram-sha-256\n' \
        >> "$PGDATA/pg_hba.conf"
    # The temporary server listens on the socket only, so that nobody takes it for the real one.
    gosu postgres pg_ctl -w -o "-c listen_addresses=''" start
    gosu postgres createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
    gosu postgres pg_ctl -w -m fast stop
fi

exec gosu postgres postgres -c listen_addresses='*'
