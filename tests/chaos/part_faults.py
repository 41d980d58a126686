"""Harms to what the services stand on: Kafka, PostgreSQL, Valkey."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Callable

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from libs.contracts.topics import TOPICS, VECTORS
from tests.chaos.fault import Fault, Strike, now_ms
from tests.chaos.system import System

AWAY_SECONDS = 8.0
LONG_AWAY_SECONDS = 60.0
# Records above this are refused for a while; those of LARGE texts are, the usual ones are not.
REFUSED_BYTES = 40_000
LARGE = "A large document. " * 2_000
CUTS = 5
CACHE_ERRORS = "shortlist_embedding_cache_errors_total"
ERRORS = {"a deadlock": "40P01", "a serialization failure": "40001"}


def crash(part: str, seconds: float | None = None) -> Strike:
    """kill -9, and back on the same data, after a drawn while or after `seconds`."""

    def strike(system: System, rng: random.Random) -> list[int]:
        found, at = getattr(system, part), now_ms()
        was_there = found.alive
        found.kill()
        gone = not found.alive
        time.sleep(seconds or rng.uniform(1, AWAY_SECONDS))
        found.start()
        return [at] if was_there and gone else []

    return strike


def refuse_large(system: System, rng: random.Random) -> list[int]:
    """The broker takes no large vectors until one was refused: an operator turned the wrong screw."""
    before, at = _refused(system), now_ms()
    _limit(system, REFUSED_BYTES)
    try:
        _until(lambda: _refused(system) > before)
    finally:
        _limit(system, int(TOPICS[VECTORS].settings["max.message.bytes"]))
    return [at] if _refused(system) > before else []


_OURS = "SELECT {what} FROM pg_stat_activity WHERE application_name LIKE 'shortlist%'"


def cut_connections(system: System, rng: random.Random) -> list[int]:
    """Every connection to PostgreSQL is ended, wherever it stands, five times in a row."""
    struck = []
    for _ in range(CUTS):
        # Nothing can be cut before somebody has connected again, which takes long on a busy machine.
        _until(lambda: int(system.sql(_OURS.format(what="count(*)"))) > 0)
        at = now_ms()
        cut = system.sql(_OURS.format(what="count(*) FILTER (WHERE pg_terminate_backend(pid))"))
        struck += [at] if int(cut) else []
        time.sleep(rng.uniform(0.5, 1.5))
    return struck


def fail_transactions(code: str) -> Strike:
    """Half of the transactions that write documents end with an error that says: try again."""

    def strike(system: System, rng: random.Random) -> list[int]:
        at = now_ms()
        # A sequence counts what was undone, too.
        system.sql(
            f"""
            CREATE SEQUENCE matching.chaos_struck;
            CREATE FUNCTION matching.chaos() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                IF random() < 0.5 THEN
                    PERFORM nextval('matching.chaos_struck');
                    RAISE EXCEPTION 'chaos' USING ERRCODE = '{code}';
                END IF;
                RETURN NEW;
            END $$;
            GRANT EXECUTE ON FUNCTION matching.chaos() TO PUBLIC;
            CREATE TRIGGER chaos BEFORE INSERT OR UPDATE ON matching.documents
                FOR EACH STATEMENT EXECUTE FUNCTION matching.chaos();
            """
        )
        time.sleep(5)
        failed = system.sql("SELECT is_called FROM matching.chaos_struck") == "t"
        system.sql("DROP FUNCTION matching.chaos() CASCADE; DROP SEQUENCE matching.chaos_struck")
        return [at] if failed else []

    return strike


def spoil_cache(system: System, rng: random.Random) -> list[int]:
    """Garbage of every kind under our keys."""
    at, spoiled = now_ms(), 0
    with _valkey(system) as connection:
        for _ in range(20):
            keys = _command(connection, b"KEYS", b"embedding:*").split(b"\r\n")[2::2]
            for key in keys:
                answer = _command(connection, b"SET", key, rng.choice([b"", b"garbage", b"\xff" * 1536, b"nan" * 512]))
                spoiled += answer.startswith(b"+OK")
            time.sleep(0.2)
    return [at] if spoiled else []


def empty_cache(system: System, rng: random.Random) -> list[int]:
    """The cache forgets everything, again and again."""
    struck = []
    with _valkey(system) as connection:
        for _ in range(20):
            at, held = now_ms(), _command(connection, b"DBSIZE")
            _command(connection, b"FLUSHALL")
            struck += [] if held == b":0\r\n" else [at]
            time.sleep(0.2)
    return struck[:1]


def fill_cache(system: System, rng: random.Random) -> list[int]:
    """The cache is full and evicts nothing: every write is refused."""
    at = now_ms()
    with _valkey(system) as connection:
        before = _command(connection, b"INFO", b"errorstats")
        limit = _command(connection, b"CONFIG", b"GET", b"maxmemory").split(b"\r\n")[4]
        _command(connection, b"CONFIG", b"SET", b"maxmemory-policy", b"noeviction")
        _command(connection, b"CONFIG", b"SET", b"maxmemory", b"1")
        time.sleep(5)
        after = _command(connection, b"INFO", b"errorstats")
        _command(connection, b"CONFIG", b"SET", b"maxmemory", limit)
        _command(connection, b"CONFIG", b"SET", b"maxmemory-policy", b"volatile-ttl")
    return [at] if b"OOM" in after and after != before else []


def stall_cache(system: System, rng: random.Random) -> list[int]:
    """The cache takes commands and answers none for seconds."""
    at, before = now_ms(), system.metric("embedding", CACHE_ERRORS)
    with _valkey(system) as connection:
        for _ in range(3):
            _command(connection, b"CLIENT", b"PAUSE", b"3000", b"ALL")
            time.sleep(4)
    return [at] if system.metric("embedding", CACHE_ERRORS) > before else []


PART_FAULTS = (
    Fault("kafka killed and back", crash("kafka")),
    Fault("kafka away for 60 s", crash("kafka", LONG_AWAY_SECONDS)),
    Fault("kafka refuses large records", refuse_large, special=(("large", LARGE),) * 3),
    Fault("postgres killed and back", crash("postgres")),
    Fault("postgres away for 60 s", crash("postgres", LONG_AWAY_SECONDS)),
    Fault("postgres connections cut", cut_connections, planned=CUTS),
    *(Fault(f"postgres: {name}", fail_transactions(code)) for name, code in ERRORS.items()),
    Fault("valkey killed and back", crash("valkey")),
    Fault("valkey holds garbage", spoil_cache),
    Fault("valkey emptied", empty_cache),
    Fault("valkey full", fill_cache),
    Fault("valkey stalls", stall_cache),
)


def _refused(system: System) -> int:
    """Failures by size, as the status topic tells them."""
    told = [json.loads(record.value or b"{}") for record in system.log.records("documents.status.v1")]
    return sum((each.get("error") or {}).get("code") == "too_large" for each in told)


def _until(seen: Callable[[], bool], seconds: float = 60.0) -> None:
    """Waits until something is seen, or no longer."""
    deadline = time.monotonic() + seconds
    while not seen() and time.monotonic() < deadline:
        time.sleep(0.1)


def _limit(system: System, size: int) -> None:
    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, VECTORS, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": system.bootstrap})
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()


def _valkey(system: System) -> socket.socket:
    return socket.create_connection(("127.0.0.1", system.valkey.port), 10)


def _command(connection: socket.socket, *words: bytes) -> bytes:
    connection.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    return connection.recv(1 << 20)
