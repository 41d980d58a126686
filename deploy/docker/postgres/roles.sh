#!/bin/bash
# Makes database, extension and roles where they are missing, and gives every role the password that lies in
# /passwords/database. PostgreSQL's image runs it on an empty volume; it may be run again at any time.
# The same as libs/localstack/postgres/roles.py does for the local stack.
set -euo pipefail

sql() { psql --username postgres --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

for role in shortlist_owner shortlist_matching shortlist_gateway; do
    [ "$(sql --command "SELECT 1 FROM pg_roles WHERE rolname = '$role'")" ] || sql --command "CREATE ROLE $role"
    # On standard input: a command line can be read by other processes.
    echo "ALTER ROLE $role LOGIN PASSWORD '$(cat "/passwords/database/$role")'" \
        "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB" | sql
done
echo "ALTER ROLE postgres PASSWORD '$(cat /passwords/database/postgres)'" | sql

[ "$(sql --command "SELECT 1 FROM pg_database WHERE datname = 'shortlist'")" ] ||
    sql --command "CREATE DATABASE shortlist OWNER shortlist_owner TEMPLATE template0 ENCODING 'UTF8'"
sql --dbname shortlist <<'SQL'
CREATE EXTENSION IF NOT EXISTS vector;
REVOKE ALL ON DATABASE shortlist FROM PUBLIC;
GRANT CONNECT ON DATABASE shortlist TO shortlist_matching, shortlist_gateway;
SQL
