"""How the whole system is doing: what ready means here, and every part with its status and latency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DEFAULT_TENANT
from libs.messaging.admin.lag import all_lags
from libs.messaging.connection.settings import KafkaSettings
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.gateway.clients.broker import PART as BROKER
from services.gateway.clients.broker import Broker
from services.gateway.clients.embedding import EmbeddingClient
from services.gateway.clients.matching import MatchingClient
from services.gateway.problems import MatchingRefusal
from services.gateway.statuses.reader import StatusReader

Part = dict[str, Any]

MATCHING = "matching"
LOOK_SECONDS = 1.0
ANSWER_SECONDS = 3.0

log = get_logger(__name__)


class Readiness:
    """Keeps the gateway's own readiness: ready while the broker or matching can be used, saying which is missing."""

    def __init__(self, health: Health, broker: Broker, statuses: StatusReader, matching: MatchingClient) -> None:
        self._health = health
        self._broker = broker
        self._statuses = statuses
        self._matching = matching
        self._task: asyncio.Task[None] | None = None
        health.waits_for(BROKER, "the gateway is connecting to it")
        health.waits_for(MATCHING, "the gateway has not reached it yet")
        health.started()

    async def start(self) -> None:
        """Begins to look after the parts."""
        self._task = asyncio.create_task(self._run(), name="readiness")

    async def stop(self) -> None:
        """Ends the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Asks the parts once and notes what they said."""
        broker, matching = await asyncio.gather(self._broker_missing(), self._matching_missing())
        missing = {BROKER: broker, MATCHING: matching}
        works = any(reason is None for reason in missing.values())
        for part, reason in missing.items():
            if reason is None:
                self._health.ok(part)
            elif works:
                self._health.degraded(part, reason)
            else:
                self._health.waits_for(part, reason)

    async def _broker_missing(self) -> str | None:
        if self._broker.missing is not None:
            return self._broker.missing
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._statuses.end_offsets()
        except (DependencyUnavailable, TimeoutError) as error:
            return str(error) or f"it did not answer within {ANSWER_SECONDS:g} s"
        return None

    async def _matching_missing(self) -> str | None:
        try:
            await self._matching.ready()
        except (DependencyUnavailable, MatchingRefusal) as error:
            return str(error)
        return None

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)


class Detailed:
    """The detailed health: all parts asked at the same time, each within its own deadline."""

    def __init__(
        self,
        settings: KafkaSettings,
        health: Health,
        broker: Broker,
        statuses: StatusReader,
        matching: MatchingClient,
        embedding: EmbeddingClient,
    ) -> None:
        self._settings = settings
        self._health = health
        self._broker = broker
        self._statuses = statuses
        self._matching = matching
        self._embedding = embedding

    async def report(self) -> dict[str, Any]:
        """`status` (ok, degraded, down), `parts`, `lag` (records not yet worked on, per topic) and `lag_by_group`."""
        own, broker, database, matching, embedding, lag = await asyncio.gather(
            _timed(self._ask_itself),
            _timed(self._ask_broker),
            _timed(self._ask_database),
            _timed(self._ask_matching),
            _timed(self._embedding.probe),
            _timed(self._ask_lag),
        )
        parts: dict[str, Part] = {
            "gateway": own,
            "broker": broker,
            "database": database,
            "matching": matching,
            "embedding": embedding,
            "cache": _cache_of(embedding),
        }
        return {
            "status": _overall(parts),
            "at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "parts": parts,
            "lag": lag.get("topics"),
            "lag_by_group": lag.get("groups"),
        }

    async def _ask_itself(self) -> Part:
        await asyncio.sleep(0)  # its latency: until its event loop comes round again
        missing = {name: part.reason for name, part in self._health.parts.items() if part.status != "ok"}
        return {"status": "ok" if self._health.ready else "degraded", "waits_for": missing}

    async def _ask_broker(self) -> Part:
        if self._broker.missing is not None:
            raise DependencyUnavailable("broker", self._broker.missing)
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._statuses.end_offsets()
        part: Part = {"kind": "try-out" if self._settings.on_tryout_broker else "kafka"}
        memory = self._broker.memory
        used = memory.mb()
        if used is None:
            return part
        part |= {"memory_mb": round(used, 1), "memory_limit_mb": memory.limit_mb}
        if memory.is_full:
            part |= {"status": "degraded", "reason": "its memory is above the limit: writes are refused"}
        return part

    async def _ask_database(self) -> Part:
        figures = await self._matching.figures(DEFAULT_TENANT)
        return {name: value for name, value in figures.items() if name != "lag"}

    async def _ask_matching(self) -> Part:
        ready = await self._matching.ready()
        return {"ready": ready, **_impairment(ready.get("parts") or {})}

    async def _ask_lag(self) -> Part:
        async with asyncio.timeout(ANSWER_SECONDS):
            groups = await all_lags(self._settings)
        topics: dict[str, int] = {}
        for behind in groups.values():
            for topic, records in behind.items():
                # Texts are read by a group for each space that is computed; the one that serves is the least behind.
                topics[topic] = min(records, topics.get(topic, records))
        return {"topics": topics, "groups": groups}


async def _timed(ask: Callable[[], Awaitable[Part]]) -> Part:
    """What a part says, with its status and how long it took; a part that is away is down, with the reason."""
    began = time.monotonic()
    try:
        said = await ask()
    except (DependencyUnavailable, MatchingRefusal, TimeoutError) as error:
        return {"status": "down", "reason": str(error) or "no answer in time", "latency_ms": _since(began)}
    return {"status": "ok", "latency_ms": _since(began), **said}


def _impairment(parts: Mapping[str, Part]) -> Part:
    """The status `degraded` and the reasons, where a part of a ready service is not well; else nothing."""
    reasons = [f"{name}: {part.get('reason')}" for name, part in parts.items() if part.get("status") != "ok"]
    return {"status": "degraded", "reason": "; ".join(reasons)} if reasons else {}


def _since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)


def _cache_of(embedding: Part) -> Part:
    cache = embedding.pop("cache", None)
    if not isinstance(cache, dict):
        return {"status": "unknown", "latency_ms": None, "reason": "embedding, which uses it, did not say"}
    return cache


def _overall(parts: dict[str, Part]) -> str:
    statuses = {name: part["status"] for name, part in parts.items()}
    if statuses["broker"] == "down" and statuses["matching"] == "down":
        return "down"
    # A cache that nobody configured is missed by nobody.
    return "ok" if set(statuses.values()) <= {"ok", "off"} else "degraded"
