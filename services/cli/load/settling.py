"""Watches accepted documents until each is indexed or has failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from libs.contracts.identifiers import Kind
from libs.contracts.revision import Revision
from services.cli.gateway_client import GatewayAway, GatewayClient, GatewayRefusal, Json
from services.cli.load.sending import Accepted

# Few documents are asked for one by one; of many, the lists of those still under way tell which to ask for.
FEW = 12
ASKED_AT_ONCE = 8
FIRST_PAUSE_SECONDS = 0.05
PAUSE_GROWS = 1.2
Key = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a document ended: `indexed`, or `failed` with code and sentence. `at`: monotonic seconds when it was seen."""

    indexed: bool
    code: str
    message: str
    at: float


class Settling:
    """Accepted documents go in with `add`, their endings come out through `on_end`, each key once.

    `interval`: seconds between two rounds of asking, at most: it begins shorter. `patience`: seconds without any
    news after which what is left counts as failed (`not_settled`).
    """

    def __init__(
        self,
        client: GatewayClient,
        on_end: Callable[[Key, Ending], None],
        *,
        interval: float = 0.5,
        patience: float = 600.0,
    ) -> None:
        self._client = client
        self._on_end = on_end
        self._interval = interval
        self._patience = patience
        self._waiting: dict[Key, Accepted] = {}
        self._news_at = time.monotonic()
        self._closed = False

    def add(self, accepted: Accepted) -> None:
        """Watches this document; a later submission of the same one takes the place of the earlier."""
        self._waiting[(accepted.item.kind, accepted.item.id)] = accepted
        self._news_at = time.monotonic()

    def close(self) -> None:
        """No more will be added: `watch` returns once nothing is left."""
        self._closed = True

    async def watch(self) -> None:
        """Returns after `close`, when everything added has ended or patience has run out."""
        pause = FIRST_PAUSE_SECONDS
        while self._waiting or not self._closed:
            began = time.monotonic()
            try:
                await self._round()
            except (GatewayAway, GatewayRefusal) as fault:
                last_trouble = fault.message
            else:
                last_trouble = ""
            if self._closed and time.monotonic() - self._news_at > self._patience:
                self._fail_the_rest(last_trouble)
                return
            # Never more than half of the time is spent asking: the stack has better things to do.
            await asyncio.sleep(max(pause, time.monotonic() - began))
            pause = min(self._interval, pause * PAUSE_GROWS)

    async def _round(self) -> None:
        keys = list(self._waiting)
        if len(keys) > FEW:
            under_way = await self._under_way({kind for kind, _ in keys})
            keys = [key for key in keys if key not in under_way]
        troubles: list[BaseException] = []
        for start in range(0, len(keys), ASKED_AT_ONCE):
            asked = (self._ask(key) for key in keys[start : start + ASKED_AT_ONCE])
            answers = await asyncio.gather(*asked, return_exceptions=True)
            troubles += (answer for answer in answers if isinstance(answer, BaseException))
        if troubles:
            raise troubles[0]

    async def _under_way(self, kinds: set[Kind]) -> set[Key]:
        found: set[Key] = set()
        for kind in kinds:
            for status in ("queued", "parsed"):
                async for item in self._client.documents(kind, status):
                    found.add((kind, item["id"]))
        return found

    async def _ask(self, key: Key) -> None:
        accepted = self._waiting[key]
        document = await self._client.document(*key)
        if self._waiting.get(key) is not accepted:
            return
        if document is None:
            self._end(key, Ending(False, "deleted", "somebody deleted it while it was loaded", time.monotonic()))
        elif _ended(document, accepted.revision):
            self._end(key, _ending(document))

    def _end(self, key: Key, ending: Ending) -> None:
        del self._waiting[key]
        self._news_at = time.monotonic()
        self._on_end(key, ending)

    def _fail_the_rest(self, trouble: str) -> None:
        told = f"not indexed yet, and no news for {self._patience:.0f} s"
        told += f" ({trouble})" if trouble else "; `shortlist status` says what the stack is waiting for"
        for key in list(self._waiting):
            self._end(key, Ending(False, "not_settled", told, time.monotonic()))


def _ended(document: Json, revision: str | None) -> bool:
    """Whether the submission that was sent, or a newer one, has ended: an older one's end says nothing of it."""
    if document["status"] not in ("indexed", "failed"):
        return False
    return revision is None or Revision.parse(document["revision"]) >= Revision.parse(revision)


def _ending(document: Json) -> Ending:
    error = document.get("error") or {}
    return Ending(
        document["status"] == "indexed",
        str(error.get("code", "")),
        str(error.get("message", "")),
        time.monotonic(),
    )
