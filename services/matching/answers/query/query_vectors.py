"""Asking embedding for a query's vector."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.inner import paths
from libs.contracts.inner.embedding import Embedded, EmbedOrder
from libs.resilience.inner_client import InnerClient
from services.matching.scoring.model import Vectors


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A query's vector (float32, unit length) and the space it belongs to."""

    vector: Vectors
    space: str
    model: str


class EmbeddingClient:
    """embedding's query lane. The inner client brings deadline, breaker and the next address."""

    def __init__(self, client: InnerClient, *, timeout_seconds: float) -> None:
        self._client = client
        self._timeout_seconds = timeout_seconds

    async def query_vector(self, text: str) -> QueryVector:
        """The vector of a query. Raises DependencyUnavailable where it cannot be had in time."""
        answer = await self._client.request(
            "POST",
            paths.EMBED,
            json=msgspec.to_builtins(EmbedOrder([text])),
            timeout_seconds=self._timeout_seconds,
            repeatable=True,
        )
        if answer.status_code != 200:
            raise DependencyUnavailable("embedding", f"answered {answer.status_code}")
        try:
            read = msgspec.json.decode(answer.content, type=Embedded)
            vector = np.frombuffer(read.vectors.raw(), dtype="<f4").astype(np.float32)
        except (msgspec.MsgspecError, ValueError) as error:
            raise DependencyUnavailable("embedding", f"its answer cannot be read: {error}") from error
        if vector.shape != (read.dimension,) or not np.isfinite(vector).all():
            raise DependencyUnavailable("embedding", "its answer is no vector")
        return QueryVector(vector, read.space, read.model)
