"""The database `shortlist` and its roles: an owner for migrations, service roles that see one tenant at a time."""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import msgspec

from libs.localstack.child import StartFault
from libs.localstack.postgres.programs import binaries
from libs.localstack.secret_files import write_secret

DATABASE = "shortlist"
OWNER = "shortlist_owner"
SERVICE_ROLES = ("shortlist_matching", "shortlist_gateway")


@dataclass(frozen=True, slots=True)
class Dsns:
    """How each role reaches the database."""

    superuser: str
    owner: str
    matching: str
    gateway: str


def provision(superuser_dsn: str, passwords_file: Path) -> Dsns:
    """Makes database, extension and roles where they are missing; passwords are kept in `passwords_file`.

    Blocks. Raises StartFault where the server refuses.
    """
    passwords = _passwords(passwords_file)
    for role, password in passwords.items():
        attributes = f"LOGIN PASSWORD '{password}' NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB"
        exists = run_sql(superuser_dsn, f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'")
        run_sql(superuser_dsn, f"{'ALTER' if exists else 'CREATE'} ROLE {role} {attributes}")
    if not run_sql(superuser_dsn, f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"):
        run_sql(superuser_dsn, f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0 ENCODING 'UTF8'")
    inside = _with(superuser_dsn, path=DATABASE)
    run_sql(inside, "CREATE EXTENSION IF NOT EXISTS vector")
    run_sql(inside, f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
    run_sql(inside, f"GRANT CONNECT ON DATABASE {DATABASE} TO {', '.join(SERVICE_ROLES)}")
    return Dsns(
        superuser=inside,
        owner=_with(inside, user=OWNER, password=passwords[OWNER]),
        matching=_with(inside, user="shortlist_matching", password=passwords["shortlist_matching"]),
        gateway=_with(inside, user="shortlist_gateway", password=passwords["shortlist_gateway"]),
    )


def is_superuser(dsn: str) -> bool:
    """Whether the DSN's role is a superuser. Blocks. Raises StartFault where the server cannot be reached."""
    return run_sql(dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "t"


def run_sql(dsn: str, sql: str) -> str:
    """What a statement returns, as psql prints it. Blocks. Raises StartFault with the server's words."""
    # Everybody on the machine can read a command line, its owner alone the environment.
    address, password = _without_password(dsn)
    env = {**os.environ, **({} if password is None else {"PGPASSWORD": password})}
    command = [str(binaries() / "psql"), address, "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False, env=env)
    if done.returncode != 0:
        raise StartFault(f"PostgreSQL refuses: {done.stderr.strip()}")
    return done.stdout.strip()


def _without_password(dsn: str) -> tuple[str, str | None]:
    """The DSN without its password, which it may name before the host or as a parameter, and the password."""
    parts = urlsplit(dsn)
    who, at, place = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    named = next((value for name, value in parameters if name == "password"), None)
    query = urlencode([each for each in parameters if each[0] != "password"], quote_via=quote)
    stripped = urlunsplit((parts.scheme, f"{user}{at}{place}", parts.path, query, ""))
    return stripped, named or (unquote(password) or None)


def _passwords(path: Path) -> dict[str, str]:
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    made = {role: secrets.token_urlsafe(24) for role in (OWNER, *SERVICE_ROLES)}
    write_secret(path, msgspec.json.encode(made).decode())
    return made


def _with(dsn: str, *, user: str | None = None, password: str | None = None, path: str | None = None) -> str:
    parts = urlsplit(dsn)
    place = parts.netloc.rpartition("@")[2]
    netloc = parts.netloc if user is None else f"{user}:{quote(password or '', safe='')}@{place}"
    return urlunsplit((parts.scheme, netloc, parts.path if path is None else f"/{path}", parts.query, ""))
