"""What the gateway asks of embedding: only how it is doing."""

from __future__ import annotations

from typing import Any

from libs.contracts.errors import DependencyUnavailable
from services.gateway.clients.matching import HttpClient

PROBE_SECONDS = 6.0


class EmbeddingClient:
    """Embedding over its inner HTTP. Safe for concurrent use."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def probe(self) -> dict[str, Any]:
        """A real test embedding, at most one per 5 s. Raises DependencyUnavailable while embedding cannot do one."""
        answer = await self._client.request("GET", "/probe", timeout_seconds=PROBE_SECONDS)
        if answer.status_code >= 400:
            raise DependencyUnavailable("embedding", f"GET /probe answered {answer.status_code}: {answer.text[:200]}")
        try:
            body = answer.json()
        except ValueError as error:
            raise DependencyUnavailable("embedding", f"its answer is not JSON: {error}") from error
        return body if isinstance(body, dict) else {}
