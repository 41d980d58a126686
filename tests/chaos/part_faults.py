"""Harms to what the services stand on: Kafka, PostgreSQL, Valkey."""

from __future__ import annotations

import random
import socket
import time

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from libs.contracts.topics import TOPICS, VECTORS
from tests.chaos.fault import Fault, Strike
from tests.chaos.system import System

AWAY_SECONDS = 8.0
LONG_AWAY_SECONDS = 60.0
# Records above this are refused for a while; those of LARGE texts are, the usual ones are not.
REFUSED_BYTES = 40_000
LARGE = "A large document. " * 2_000
ERRORS = {"a deadlock": "40P01", "a serialization failure": "40001"}


def crash(part: str, seconds: float | None = None) -> Strike:
    """kill -9, and back on the same data, after a drawn while or after `seconds`."""

    def strike(system: System, rng: random.Random) -> None:
        found = getattr(system, part)
        found.kill()
        time.sleep(seconds or rng.uniform(1, AWAY_SECONDS))
        found.start()

    return strike


def refuse_large(system: System, rng: random.Random) -> None:
    """The broker takes no large vectors for a while: an operator turned the wrong screw."""
    _limit(system, REFUSED_BYTES)
    time.sleep(6)
    _limit(system, int(TOPICS[VECTORS].settings["max.message.bytes"]))


def cut_connections(system: System, rng: random.Random) -> None:
    """Every connection to PostgreSQL is ended, wherever it stands, five times in a row."""
    for _ in range(5):
        system.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'shortlist%'")
        time.sleep(rng.uniform(0.2, 1.0))


def fail_transactions(code: str) -> Strike:
    """Half of the transactions that write documents end with an error that says: try again."""

    def strike(system: System, rng: random.Random) -> None:
        system.sql(
            f"""
            CREATE FUNCTION matching.chaos() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF random() < 0.5 THEN RAISE EXCEPTION 'chaos' USING ERRCODE = '{code}'; END IF; RETURN NEW;
            END $$;
            GRANT EXECUTE ON FUNCTION matching.chaos() TO PUBLIC;
            CREATE TRIGGER chaos BEFORE INSERT OR UPDATE ON matching.documents
                FOR EACH STATEMENT EXECUTE FUNCTION matching.chaos();
            """
        )
        time.sleep(5)
        system.sql("DROP FUNCTION matching.chaos() CASCADE")

    return strike


def spoil_cache(system: System, rng: random.Random) -> None:
    """Garbage of every kind under our keys."""
    with _valkey(system) as connection:
        for _ in range(20):
            keys = _command(connection, b"KEYS", b"embedding:*").split(b"\r\n")[2::2]
            for key in keys:
                _command(connection, b"SET", key, rng.choice([b"", b"garbage", b"\xff" * 1536, b"nan" * 512]))
            time.sleep(0.2)


def empty_cache(system: System, rng: random.Random) -> None:
    """The cache forgets everything, again and again."""
    with _valkey(system) as connection:
        for _ in range(20):
            _command(connection, b"FLUSHALL")
            time.sleep(0.2)


def fill_cache(system: System, rng: random.Random) -> None:
    """The cache is full and evicts nothing: every write is refused."""
    with _valkey(system) as connection:
        limit = _command(connection, b"CONFIG", b"GET", b"maxmemory").split(b"\r\n")[4]
        _command(connection, b"CONFIG", b"SET", b"maxmemory-policy", b"noeviction")
        _command(connection, b"CONFIG", b"SET", b"maxmemory", b"1")
        time.sleep(5)
        _command(connection, b"CONFIG", b"SET", b"maxmemory", limit)
        _command(connection, b"CONFIG", b"SET", b"maxmemory-policy", b"volatile-ttl")


def stall_cache(system: System, rng: random.Random) -> None:
    """The cache takes commands and answers none for seconds."""
    with _valkey(system) as connection:
        for _ in range(3):
            _command(connection, b"CLIENT", b"PAUSE", b"3000", b"ALL")
            time.sleep(4)


PART_FAULTS = (
    Fault("kafka killed and back", crash("kafka")),
    Fault("kafka away for 60 s", crash("kafka", LONG_AWAY_SECONDS)),
    Fault("kafka refuses large records", refuse_large, special=(("large", LARGE),) * 3),
    Fault("postgres killed and back", crash("postgres")),
    Fault("postgres away for 60 s", crash("postgres", LONG_AWAY_SECONDS)),
    Fault("postgres connections cut", cut_connections),
    *(Fault(f"postgres: {name}", fail_transactions(code)) for name, code in ERRORS.items()),
    Fault("valkey killed and back", crash("valkey")),
    Fault("valkey holds garbage", spoil_cache),
    Fault("valkey emptied", empty_cache),
    Fault("valkey full", fill_cache),
    Fault("valkey stalls", stall_cache),
)


def _limit(system: System, size: int) -> None:
    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, VECTORS, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": system.kafka.bootstrap})
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()


def _valkey(system: System) -> socket.socket:
    return socket.create_connection(("127.0.0.1", system.valkey.port), 10)


def _command(connection: socket.socket, *words: bytes) -> bytes:
    connection.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    return connection.recv(1 << 20)
