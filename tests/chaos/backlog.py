"""Memory while far more documents wait in Kafka than anybody could hold: they wait there, not in a service."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import psutil
from confluent_kafka import Producer

from tests.chaos.poison import SUBMITTED, headers
from tests.chaos.system import SERVICES, System

DOCUMENTS = 20_000
WATCH_SECONDS = 30.0
# What a service may take, in MiB of resident memory, its children included: the limits in docker-compose.yml.
LIMITS_MB = {"ingest": 2560, "embedding": 1024, "matching": 1024, "gateway": 512}
TEXT = "A nurse with {number} years of practice on an intensive care ward. " * 12
# Every so manieth is a long one: 100 KB, so that records in hand are bounded by bytes too.
LONG_EVERY = 20
LONG_TIMES = 120


@dataclass(frozen=True)
class Backlog:
    """`waiting`: records not worked on at the end of the watch; `peaks_mb`: of one process with its children."""

    waiting: int
    peaks_mb: dict[str, float]
    problems: list[str]


def run_backlog(system: System) -> Backlog:
    """Sends them all at once and watches for WATCH_SECONDS. They need not be worked off."""
    producer = Producer(
        {
            "bootstrap.servers": system.bootstrap,
            "acks": "all",
            "partitioner": "murmur2_random",
            "linger.ms": 20,
            "queue.buffering.max.messages": 2 * DOCUMENTS,
        }
    )
    for number in range(DOCUMENTS):
        text = TEXT.format(number=number) * (LONG_TIMES if number % LONG_EVERY == 0 else 1)
        value = json.dumps({"text": text}).encode()
        while len(producer) > 1000:
            producer.poll(0.05)  # the producer's own queue is bounded by bytes
        producer.produce(SUBMITTED, value, f"default/resume/backlog-{number}".encode(), headers=headers())
    assert producer.flush(120) == 0
    peaks = dict.fromkeys(SERVICES, 0.0)
    end = time.monotonic() + WATCH_SECONDS
    while time.monotonic() < end:
        for service in SERVICES:
            peaks[service] = max([peaks[service], *(_resident_mb(pid) for pid in system.pids(service))])
        time.sleep(0.5)
    waiting = system.log.lag()
    problems = [
        f"{service} took {peaks[service]:.0f} MiB with a backlog, not {limit} at most"
        for service, limit in LIMITS_MB.items()
        if peaks[service] > limit
    ]
    if waiting < DOCUMENTS // 4:
        problems.append(f"only {waiting} records waited: no backlog to speak of")
    if not all(system.ready(service) for service in SERVICES):
        problems.append("a service was not ready with a backlog")
    return Backlog(waiting, peaks, problems)


def _resident_mb(pid: int) -> float:
    total = 0
    try:
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        pass  # a child that was replaced just now
    return total / (1 << 20)
