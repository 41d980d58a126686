"""Harms to the services' processes: killed, stopped, frozen."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import suppress

import psutil

from libs.localstack.child import StartFault
from services.matching.index.words.upkeep.worker import LOCK
from tests.chaos.fault import Fault, Strike, now_ms
from tests.chaos.ledger import Content
from tests.chaos.system import SERVICES, System

FROZEN_SECONDS = 30.0
KILLS = 3
# A document is delayed by the stop of a service for an upgrade by this much at most.
ROLLING_SECONDS = 20.0
# How many processes of a service a system has.
PROCESSES = {"ingest": 1, "embedding": 2, "matching": 1, "gateway": 1}


def kill(service: str, times: int = 1) -> Strike:
    """kill -9 of one process of a service, again as soon as another one runs."""

    def strike(system: System, rng: random.Random) -> list[int]:
        struck = []
        for number in range(times):
            if number:
                time.sleep(rng.uniform(0, 4))
            pid, at = rng.choice(_running(system, service)), now_ms()
            if system.signal(pid, signal.SIGKILL) and _gone(system, service, pid):
                struck.append(at)
        return struck

    return strike


def terminate(service: str) -> Strike:
    """SIGTERM to one process after the other, as for an upgrade; the supervisor starts new ones."""

    def strike(system: System, rng: random.Random) -> list[int]:
        struck = []
        for pid in _running(system, service):
            count, at = len(system.pids(service)), now_ms()
            if system.signal(pid, signal.SIGTERM):
                _until_replaced(system, service, pid, count)
                struck.append(at)
        return struck

    return strike


def freeze(service: str) -> Strike:
    """SIGSTOP for longer than the group waits, then SIGCONT: a zombie that wakes up without its partitions."""

    def strike(system: System, rng: random.Random) -> list[int]:
        pid, at = rng.choice(_running(system, service)), now_ms()
        stopped = system.signal(pid, signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        stopped = stopped and psutil.Process(pid).status() == psutil.STATUS_STOPPED
        return [at] if system.signal(pid, signal.SIGCONT) and stopped else []

    return strike


def kill_parsers(system: System, rng: random.Random) -> list[int]:
    """kill -9 of the process that ingest's parsers are forked from, by which all of them end, and again soon after."""
    struck = []
    for number in range(KILLS):
        if number:
            time.sleep(rng.uniform(0, 4))
        server, at = _fork_server(system), now_ms()
        server.kill()
        struck.append(at)
    return struck


def kill_packing(system: System, rng: random.Random) -> list[int]:
    """kill -9 of matching in the middle of a step of packing, which is held up there until the process is gone."""

    def hold() -> None:
        # Ended from outside once the process is gone.
        with suppress(StartFault):
            system.sql(_HELD)

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        deadline = time.monotonic() + HELD_SECONDS
        while system.sql(_PACKING) == "0":
            if time.monotonic() > deadline:
                return []
            time.sleep(0.1)
        pid, at = rng.choice(_running(system, "matching")), now_ms()
        return [at] if system.signal(pid, signal.SIGKILL) and _gone(system, "matching", pid) else []
    finally:
        system.sql(_LET_GO)
        holding.join()


HELD_SECONDS = 60
_HELD = f"BEGIN; LOCK TABLE matching.segments IN SHARE MODE; SELECT pg_sleep({HELD_SECONDS}); COMMIT"
_PACKING = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {LOCK} AND granted"
_LET_GO = (
    f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    f"WHERE query LIKE '%pg_sleep({HELD_SECONDS})%' AND pid <> pg_backend_pid()"
)
# Enough of them, of one kind at least, that there is something to be packed.
_TO_BE_PACKED: tuple[tuple[Content, str], ...] = (("text", "A short document that waits to be packed."),) * 160

PROCESS_FAULTS = (
    *(Fault(f"kill -9 {service}", kill(service)) for service in SERVICES),
    *(Fault(f"kill -9 {service}, {KILLS} times", kill(service, KILLS), planned=KILLS) for service in SERVICES),
    *(
        Fault(f"SIGTERM {service}", terminate(service), planned=PROCESSES[service], slowest_seconds=ROLLING_SECONDS)
        for service in SERVICES
    ),
    *(Fault(f"SIGSTOP 30 s, SIGCONT {service}", freeze(service)) for service in SERVICES),
    Fault("kill -9 matching while it packs", kill_packing, special=_TO_BE_PACKED),
    Fault(f"kill -9 ingest's parsers, {KILLS} times", kill_parsers, planned=KILLS),
)


def _running(system: System, service: str) -> list[int]:
    deadline = time.monotonic() + 60
    while not (found := system.pids(service)):
        assert time.monotonic() < deadline, f"no process of {service} runs"
        time.sleep(0.1)
    return sorted(found)


def _fork_server(system: System) -> psutil.Process:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for pid in _running(system, "ingest"):
            for child in psutil.Process(pid).children():
                if "services.ingest.sandbox.fork_server" in child.cmdline():
                    return child
        time.sleep(0.1)
    raise AssertionError("no parsers of ingest run")


def _gone(system: System, service: str, pid: int) -> bool:
    deadline = time.monotonic() + 10
    while pid in system.pids(service):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _until_replaced(system: System, service: str, pid: int, count: int) -> None:
    """Until another process is ready in its place, as an orchestrator waits before it stops the next."""
    deadline = time.monotonic() + 90
    while pid in system.pids(service) or len(system.pids(service)) < count or not system.ready(service):
        assert time.monotonic() < deadline, f"{service} was not started again"
        time.sleep(0.1)
