"""Harms to the services' processes: killed, stopped, frozen."""

from __future__ import annotations

import random
import signal
import time

from tests.chaos.fault import Fault, Strike
from tests.chaos.system import SERVICES, System

FROZEN_SECONDS = 30.0
KILLS = 3
# A document is delayed by the stop of a service for an upgrade by this much at most.
ROLLING_SECONDS = 20.0


def kill(service: str, times: int = 1) -> Strike:
    """kill -9 of one process of a service, again as soon as another one runs."""

    def strike(system: System, rng: random.Random) -> None:
        for _ in range(times):
            system.signal(rng.choice(_running(system, service)), signal.SIGKILL)
            time.sleep(rng.uniform(0, 4) if times > 1 else 0)

    return strike


def terminate(service: str) -> Strike:
    """SIGTERM to one process after the other, as for an upgrade; the supervisor starts new ones."""

    def strike(system: System, rng: random.Random) -> None:
        for pid in _running(system, service):
            system.signal(pid, signal.SIGTERM)
            _until_replaced(system, service, pid)

    return strike


def freeze(service: str) -> Strike:
    """SIGSTOP for longer than the group waits, then SIGCONT: a zombie that wakes up without its partitions."""

    def strike(system: System, rng: random.Random) -> None:
        pid = rng.choice(_running(system, service))
        system.signal(pid, signal.SIGSTOP)
        time.sleep(FROZEN_SECONDS)
        system.signal(pid, signal.SIGCONT)

    return strike


PROCESS_FAULTS = (
    *(Fault(f"kill -9 {service}", kill(service)) for service in SERVICES),
    *(Fault(f"kill -9 {service}, {KILLS} times", kill(service, KILLS)) for service in ("embedding", "matching")),
    *(Fault(f"SIGTERM {each}", terminate(each), slowest_seconds=ROLLING_SECONDS) for each in SERVICES),
    *(Fault(f"SIGSTOP 30 s, SIGCONT {each}", freeze(each)) for each in ("ingest", "embedding", "matching")),
)


def _running(system: System, service: str) -> list[int]:
    deadline = time.monotonic() + 60
    while not (found := system.pids(service)):
        assert time.monotonic() < deadline, f"no process of {service} runs"
        time.sleep(0.1)
    return found


def _until_replaced(system: System, service: str, pid: int) -> None:
    """Until another process is ready in its place, as an orchestrator waits before it stops the next."""
    count = len(system.pids(service))
    deadline = time.monotonic() + 90
    while pid in system.pids(service) or len(system.pids(service)) < count or not system.ready(service):
        assert time.monotonic() < deadline, f"{service} was not started again"
        time.sleep(0.1)
