"""What the gateway adds to an answer of matching: the same document asked of both in turn, at an even rate."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import httpx
import numpy as np

RATE = 50.0
ROUND_SECONDS = 10.0
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Overhead:
    """Percentiles in milliseconds: of the gateway's answers, of matching's, and what lies between."""

    gateway_p50: float
    gateway_p99: float
    matching_p50: float
    matching_p99: float

    def told(self) -> str:
        """For a line of a report."""
        return (
            f"gateway p50 {self.gateway_p50:.1f} ms, p99 {self.gateway_p99:.1f} ms; matching p50 "
            f"{self.matching_p50:.1f} ms, p99 {self.matching_p99:.1f} ms: adds p50 "
            f"{self.gateway_p50 - self.matching_p50:.1f} ms, p99 {self.gateway_p99 - self.matching_p99:.1f} ms"
        )


def measure(gateway: httpx.Request, matching: httpx.Request) -> Overhead:
    """Asks both in turn for ROUND_SECONDS, ROUNDS times each. Blocks."""
    taken: dict[str, list[float]] = {"gateway": [], "matching": []}
    for _ in range(ROUNDS):
        for name, request in (("gateway", gateway), ("matching", matching)):
            taken[name] += asyncio.run(_round(request))
    values = [float(np.percentile(taken[name], share)) * 1000 for name in ("gateway", "matching") for share in (50, 99)]
    return Overhead(*values)


async def _round(request: httpx.Request) -> list[float]:
    """Seconds of each answer; one is asked every 1 / RATE seconds, whatever became of those before."""
    async with httpx.AsyncClient(timeout=30.0, trust_env=False) as client:
        await client.send(_copy(request))
        began = time.perf_counter()
        tasks = []
        for number in range(int(RATE * ROUND_SECONDS)):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            tasks.append(asyncio.create_task(_timed(client, request)))
        return await asyncio.gather(*tasks)


async def _timed(client: httpx.AsyncClient, request: httpx.Request) -> float:
    began = time.perf_counter()
    answer = await client.send(_copy(request))
    taken = time.perf_counter() - began
    answer.raise_for_status()
    return taken


def _copy(request: httpx.Request) -> httpx.Request:
    return httpx.Request(request.method, request.url, headers=request.headers)
