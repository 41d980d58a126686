"""Asking ingest for the structure of a stored text."""

from __future__ import annotations

import msgspec

from libs.contracts.errors import DependencyUnavailable, ErrorCode, Overloaded, RecordRejected
from libs.contracts.events import TextEvent
from libs.contracts.inner import paths
from libs.contracts.inner.problems import InnerProblem
from libs.contracts.inner.structure import order_of
from libs.contracts.structure import STRUCTURE_VERSION, Structure
from libs.resilience.inner_client import InnerClient

# As long as a document may take there, and its turn.
TIMEOUT_SECONDS = 90.0


class IngestClient:
    """Ingest's structures. The inner client brings deadline, breaker and the next address."""

    def __init__(self, client: InnerClient) -> None:
        self._client = client

    async def structure(self, event: TextEvent) -> Structure:
        """The structure of the event's text by this version, or a newer one.

        Raises RecordRejected where this text has none, DependencyUnavailable where it cannot be had now, of these
        Overloaded where too much is asked at once.
        """
        answer = await self._client.request(
            "POST",
            paths.STRUCTURE,
            content=msgspec.json.encode(order_of(event)),
            headers={"content-type": "application/json"},
            timeout_seconds=TIMEOUT_SECONDS,
            repeatable=True,
        )
        if answer.status_code == 429:
            raise Overloaded("ingest", "it looks through other texts already")
        if answer.status_code in (400, 413, 422):
            raise RecordRejected(ErrorCode.INTERNAL, _said(answer.content))
        if answer.status_code != 200:
            raise DependencyUnavailable("ingest", f"answered {answer.status_code}")
        try:
            found = msgspec.json.decode(answer.content, type=Structure)
        except msgspec.MsgspecError as error:
            raise DependencyUnavailable("ingest", f"its answer cannot be read: {error}") from error
        if found.version < STRUCTURE_VERSION:
            raise DependencyUnavailable(
                "ingest", f"it finds structures of version {found.version}, {STRUCTURE_VERSION} is wanted"
            )
        return found


def _said(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=InnerProblem).detail
    except msgspec.MsgspecError:
        return content[:200].decode(errors="replace")
