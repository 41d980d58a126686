"""What the gateway asks of embedding: only how it is doing."""

from __future__ import annotations

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.inner import paths
from libs.contracts.inner.embedding import Probe
from services.gateway.clients.matching import HttpClient, decoded

PART = "embedding"
PROBE_SECONDS = 6.0


class EmbeddingClient:
    """Embedding over its inner HTTP. Safe for concurrent use."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def probe(self) -> Probe:
        """A real test embedding, at most one per 5 s. Raises DependencyUnavailable while embedding cannot do one."""
        answer = await self._client.request("GET", paths.PROBE, timeout_seconds=PROBE_SECONDS)
        if answer.status_code >= 400:
            raise DependencyUnavailable(PART, f"GET {paths.PROBE} answered {answer.status_code}: {answer.text[:200]}")
        return decoded(PART, answer, Probe)
