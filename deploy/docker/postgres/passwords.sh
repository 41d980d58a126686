#!/bin/sh
# Makes the passwords of the database, once, into two volumes: one for PostgreSQL, one for matching alone.
# With the argument `again` it makes new ones; docs/containers.md says what to do then.
set -eu
umask 077
ALL=/passwords/database
MATCHING=/passwords/matching

if [ "${1:-}" = again ]; then rm -f "$ALL"/*; fi
for role in postgres shortlist_owner shortlist_matching shortlist_gateway; do
    [ -s "$ALL/$role" ] && continue
    # Written aside and moved: a job that is killed leaves no half of a password.
    od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$ALL/.$role"
    mv "$ALL/.$role" "$ALL/$role"
done
chown -R postgres "$ALL"

# A libpq password file: host:port:database:role:password. Clients ignore one that others may read.
for role in shortlist_owner shortlist_matching; do
    printf 'postgres:5432:shortlist:%s:%s\n' "$role" "$(cat "$ALL/$role")"
done >"$MATCHING/.pgpass"
chown 10001:10001 "$MATCHING/.pgpass"
mv "$MATCHING/.pgpass" "$MATCHING/pgpass"
chown 10001:10001 "$MATCHING"
