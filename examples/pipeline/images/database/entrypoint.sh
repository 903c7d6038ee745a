#!/bin/sh
# Make the data folder on the first start, then hand over to the server.
set -eu

data=/var/lib/mysql
mkdir -p "$data" /run/mysqld
chown -R mysql:mysql "$data" /run/mysqld

if [ ! -d "$data/mysql" ]; then
    mariadb-install-db --user=mysql --datadir="$data" --skip-test-db > /dev/null
    # The temporary server listens on the socket only.
    mariadbd --user=mysql --datadir="$data" --skip-networking &
    server=$!
    until mysqladmin ping > /dev/null 2>&1; do
        sleep 0.2
    done
    mariadb <<SQL
CREATE DATABASE IF NOT EXISTS \`$MYSQL_DATABASE\`;
CREATE USER IF NOT EXISTS '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON \`$MYSQL_DATABASE\`.* TO '$MYSQL_USER'@'%';
SQL
    mysqladmin shutdown
    wait "$server"
fi

exec mariadbd --user=mysql --datadir="$data" --bind-address=0.0.0.0
