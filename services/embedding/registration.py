"""Telling matching which space this process computes, and learning where its vectors go."""

from __future__ import annotations

import msgspec

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.inner import paths
from libs.contracts.inner.matching import Assignment, SpaceOrder
from libs.resilience.inner_client import InnerClient
from services.embedding.engines.protocol import Engine

ANSWER_SECONDS = 30.0


async def register(matching: InnerClient, engine: Engine) -> Assignment:
    """Registers the engine's space with matching, which assigns it a vectors topic. The same every time.

    Waits 30 s at most for the answer. Raises DependencyUnavailable while matching cannot do it.
    """
    path = paths.filled(paths.SPACE, space=engine.space)
    body = msgspec.to_builtins(SpaceOrder(engine.model, engine.dimension))
    answer = await matching.request("PUT", path, json=body, timeout_seconds=ANSWER_SECONDS)
    if answer.status_code != 200:
        raise DependencyUnavailable("matching", f"answered {answer.status_code}: {answer.text[:200]}")
    return msgspec.json.decode(answer.content, type=Assignment)
