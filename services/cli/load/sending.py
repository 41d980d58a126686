"""Sends documents to the gateway: some at a time, slower when it says so, again when it is away."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from dataclasses import dataclass

from services.cli.faults import CommandFault
from services.cli.gateway_client import (
    WORTH_ANOTHER_TRY,
    GatewayAway,
    GatewayClient,
    GatewayRefusal,
    Json,
    pause_seconds,
)
from services.cli.load.sources import Item, Rejected, file_content, line_fields

ATTEMPTS = 12
# What a file is, for suffixes that not every machine's table knows.
_TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".txt": "text/plain",
    ".md": "text/markdown",
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document the gateway took (202). `at` is the monotonic clock's time of that, in seconds."""

    item: Item
    revision: str | None
    at: float


class Sender:
    """Sends items. Shared by all that send at the same time, so that they all slow down together.

    A refusal that may pass (429, 502, 503, 504, no answer) is tried again, `attempts` times in all; the wait is what
    Retry-After says (30 s at most), else it grows.
    """

    def __init__(self, client: GatewayClient, *, attempts: int = ATTEMPTS) -> None:
        self._client = client
        self._attempts = attempts
        self._hold_until = 0.0

    async def send(self, item: Item) -> Accepted | Rejected:
        """Returns once the gateway took the document or refused it for good.

        Raises CommandFault where nothing else can come through either (no valid key).
        """
        for attempt in range(self._attempts):
            await asyncio.sleep(max(0.0, self._hold_until - time.monotonic()))
            try:
                answer = await self._put(item)
                return Accepted(item, answer.get("revision"), time.monotonic())
            except GatewayRefusal as refusal:
                if refusal.status in (401, 403):
                    raise CommandFault(refusal.message) from refusal
                last = Rejected(item.source, refusal.code, refusal.message)
                if refusal.status not in WORTH_ANOTHER_TRY:
                    return last
                self._hold(attempt, refusal.retry_after)
            except GatewayAway as away:
                last = Rejected(item.source, "unavailable", away.message)
                self._hold(attempt, None)
            except OSError as error:
                return Rejected(item.source, "unreadable", f"cannot be read: {error.strerror or error}")
            except ValueError as error:
                return Rejected(item.source, "too_large" if item.line is None else "invalid_content", str(error))
        return Rejected(last.source, last.code, f"{last.message}, after {self._attempts} attempts")

    def _hold(self, attempt: int, told: float | None) -> None:
        self._hold_until = max(self._hold_until, time.monotonic() + pause_seconds(attempt, told))

    async def _put(self, item: Item) -> Json:
        if item.line is not None:
            return await self._client.put_fields(item.kind, item.id, line_fields(item))
        return await self._client.put_file(
            item.kind, item.id, item.path.name, file_content(item), content_type(item.path.name)
        )


def content_type(name: str) -> str:
    """What a file's name says it is."""
    suffix = f".{name.rpartition('.')[2].lower()}"
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
