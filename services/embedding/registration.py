"""Telling matching which space this process computes, and learning where its vectors go."""

from __future__ import annotations

import asyncio

import msgspec

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.inner import paths
from libs.contracts.inner.matching import Assignment, SpaceOrder
from libs.resilience.inner_client import InnerClient
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.embedding.engines.protocol import Engine

log = get_logger(__name__)
PART = "vectors topic"


async def register(matching: InnerClient, engine: Engine, health: Health) -> Assignment:
    """Registers the engine's space; tries again until matching answers. Only cancellation ends it early."""
    path = paths.filled(paths.SPACE, space=engine.space)
    body = msgspec.to_builtins(SpaceOrder(engine.model, engine.dimension))
    attempt = 0
    while True:
        try:
            answer = await matching.request("PUT", path, json=body, timeout_seconds=30.0)
            if answer.status_code == 200:
                health.ok(PART)
                return msgspec.json.decode(answer.content, type=Assignment)
            raise DependencyUnavailable("matching", f"answered {answer.status_code}: {answer.text[:200]}")
        except DependencyUnavailable as fault:
            health.waits_for(PART, f"waits for matching to assign the vectors topic ({fault})")
            log.info("waits_for_registration", reason=str(fault))
            await asyncio.sleep(backoff_seconds(attempt, cap=3.0))
            attempt += 1
