"""The harms. A new one is a function that does it and undoes it, with its name in FAULTS."""

from __future__ import annotations

import random
import signal
import socket
import time
from collections.abc import Callable

from tests.chaos.system import SERVICES, System

Fault = Callable[[System, random.Random], None]

AWAY_SECONDS = 12.0
FROZEN_SECONDS = 30.0


def kill(service: str) -> Fault:
    """kill -9 of one process of a service."""

    def strike(system: System, rng: random.Random) -> None:
        system.signal(rng.choice(_running(system, service)), signal.SIGKILL)

    return strike


def terminate(service: str) -> Fault:
    """SIGTERM, as for an upgrade; the supervisor starts a new one."""

    def strike(system: System, rng: random.Random) -> None:
        system.signal(rng.choice(_running(system, service)), signal.SIGTERM)

    return strike


def freeze(service: str) -> Fault:
    """SIGSTOP for longer than the group waits, then SIGCONT: a zombie that wakes up without its partitions."""

    def strike(system: System, rng: random.Random) -> None:
        pid = rng.choice(_running(system, service))
        system.signal(pid, signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        system.signal(pid, signal.SIGCONT)

    return strike


def crash_and_away(part: str) -> Fault:
    """A part below the services is killed and comes back on the same data."""

    def strike(system: System, rng: random.Random) -> None:
        found = getattr(system, part)
        found.kill()
        time.sleep(rng.uniform(1, AWAY_SECONDS))
        found.start()

    return strike


def cut_connections(system: System, rng: random.Random) -> None:
    """Every connection to PostgreSQL is ended, wherever it stands, five times in a row."""
    for _ in range(5):
        system.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'shortlist%'")
        time.sleep(rng.uniform(0.2, 1.0))


def spoil_cache(system: System, rng: random.Random) -> None:
    """Garbage of every kind under our keys."""
    with socket.create_connection(("127.0.0.1", system.valkey.port), 5) as connection:
        for _ in range(20):
            keys = _command(connection, b"KEYS", b"embedding:*").split(b"\r\n")[2::2]
            for key in keys:
                _command(connection, b"SET", key, rng.choice([b"", b"garbage", b"\xff" * 1536, b"nan" * 512]))
            time.sleep(0.2)


def empty_cache(system: System, rng: random.Random) -> None:
    """The cache forgets everything, again and again."""
    with socket.create_connection(("127.0.0.1", system.valkey.port), 5) as connection:
        for _ in range(20):
            _command(connection, b"FLUSHALL")
            time.sleep(0.2)


FAULTS: dict[str, Fault] = {
    **{f"kill -9 {service}": kill(service) for service in SERVICES},
    **{f"SIGTERM {service}": terminate(service) for service in SERVICES},
    **{f"SIGSTOP 30 s, SIGCONT {service}": freeze(service) for service in ("ingest", "embedding", "matching")},
    "kafka killed and back": crash_and_away("kafka"),
    "postgres killed and back": crash_and_away("postgres"),
    "valkey killed and back": crash_and_away("valkey"),
    "postgres connections cut": cut_connections,
    "valkey holds garbage": spoil_cache,
    "valkey emptied": empty_cache,
}


def _running(system: System, service: str) -> list[int]:
    deadline = time.monotonic() + 60
    while not (found := system.pids(service)):
        assert time.monotonic() < deadline, f"no process of {service} runs"
        time.sleep(0.1)
    return found


def _command(connection: socket.socket, *words: bytes) -> bytes:
    connection.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
    return connection.recv(1 << 20)
