"""Harms to the services' processes: killed, stopped, frozen."""

from __future__ import annotations

import random
import signal
import time

import psutil

from tests.chaos.fault import Fault, Strike, now_ms
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


PROCESS_FAULTS = (
    *(Fault(f"kill -9 {service}", kill(service)) for service in SERVICES),
    *(Fault(f"kill -9 {service}, {KILLS} times", kill(service, KILLS), planned=KILLS) for service in SERVICES),
    *(
        Fault(f"SIGTERM {service}", terminate(service), planned=PROCESSES[service], slowest_seconds=ROLLING_SECONDS)
        for service in SERVICES
    ),
    *(Fault(f"SIGSTOP 30 s, SIGCONT {service}", freeze(service)) for service in SERVICES),
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
