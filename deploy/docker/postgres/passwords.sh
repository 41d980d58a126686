#!/bin/sh
# Makes the passwords of the database and the token that services show each other, once, into volumes: one for
# PostgreSQL, one for matching, one for the gateway and one for what makes its tables, and one with the token for all services.
# With the argument `again` it makes new ones; docs/containers.md says what to do then.
set -eu
umask 077
ALL=/passwords/database
MATCHING=/passwords/matching
GATEWAY=/passwords/gateway
SCHEMA=/passwords/schema
INTERNAL=/passwords/internal

if [ "${1:-}" = again ]; then rm -f "$ALL"/* "$INTERNAL"/*; fi
for role in postgres shortlist_owner shortlist_matching shortlist_gateway; do
    [ -s "$ALL/$role" ] && continue
    # Written aside and moved: a job that is killed leaves no half of a password.
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$ALL/.$role"
    mv "$ALL/.$role" "$ALL/$role"
done
chown -R postgres "$ALL"

# A libpq password file: host:port:database:role:password. Clients ignore one that others may read.
pgpass() {
    folder=$1
    shift
    for role in "$@"; do
        printf 'postgres:5432:shortlist:%s:%s\n' "$role" "$(cat "$ALL/$role")"
    done >"$folder/.pgpass"
    chown 10001:10001 "$folder" "$folder/.pgpass"
    mv "$folder/.pgpass" "$folder/pgpass"
}
pgpass "$MATCHING" shortlist_owner shortlist_matching
# The door to the world holds no owner's password: a job of its own brings its tables up to date.
pgpass "$GATEWAY" shortlist_gateway
pgpass "$SCHEMA" shortlist_owner shortlist_gateway

if [ ! -s "$INTERNAL/token" ]; then
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$INTERNAL/.token"
    mv "$INTERNAL/.token" "$INTERNAL/token"
fi
chmod 400 "$INTERNAL/token"
chown -R 10001:10001 "$INTERNAL"
