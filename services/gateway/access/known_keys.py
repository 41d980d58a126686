"""Keys that were looked up lately: what is asked of the database for most calls is nothing.

A key that was made worthless stops within FRESH_SECONDS and the time of a look-up. While the database is away, keys
that were good go on for PATIENCE_SECONDS; others cannot be told from worthless ones, and wait.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections import OrderedDict
from dataclasses import dataclass

from prometheus_client import Counter

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.logs import get_logger
from services.gateway.access.caller import Caller
from services.gateway.access.key_form import digest_of, id_in
from services.gateway.access.stored_keys import StoredKey, StoredKeys, now

FRESH_SECONDS = 3.0
PATIENCE_SECONDS = 300.0
# A look-up takes a millisecond; a database that is stuck must not make every call wait.
LOOK_UP_SECONDS = 1.0
AGAIN_SECONDS = 1.0
MOST_KEYS = 10_000
USE_NOTED_SECONDS = 60.0

LOOK_UPS = Counter(
    "shortlist_gateway_key_lookups_total",
    "Keys looked up in the database, by outcome: found, unknown, or away (the database could not be asked)",
    ["outcome"],
)

log = get_logger(__name__)


class WorthlessKey(Exception):
    """The key opens nothing; the message says why."""


@dataclass(slots=True)
class _Looked:
    """What the last look-up of an id gave (None: there is no such key), and when, in seconds of a steady clock."""

    key: StoredKey | None
    at: float
    again_at: float
    use_noted_at: float = 0.0


class KnownKeys:
    """The callers behind keys. Bounded; the keys that were used longest ago are forgotten first."""

    def __init__(self, stored: StoredKeys) -> None:
        self._stored = stored
        self._looked: OrderedDict[str, _Looked] = OrderedDict()
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._noting: set[asyncio.Task[None]] = set()

    async def caller(self, key: str) -> Caller:
        """Whose key this is. Raises WorthlessKey; DependencyUnavailable where that cannot be told."""
        id = id_in(key)
        if id is None:
            raise WorthlessKey("this key is not known")
        found = await self._look_up(id)
        # Compared also where there is no such key, so that both take the same time.
        is_right = hmac.compare_digest(digest_of(key), bytes(32) if found.key is None else found.key.digest)
        if found.key is None or not is_right:
            raise WorthlessKey("this key is not known")
        return self._good(found.key, found)

    async def owner(self, id: str) -> Caller:
        """Whose the key with this id is, for whoever knew the whole key before. Raises as `caller`."""
        found = await self._look_up(id)
        if found.key is None:
            raise WorthlessKey("this key is not known")
        return self._good(found.key, found)

    def _good(self, key: StoredKey, found: _Looked) -> Caller:
        if key.revoked_at is not None:
            raise WorthlessKey("this key was revoked; ask whoever manages your keys for another one")
        if not key.is_good(now()):
            raise WorthlessKey("this key has expired; ask whoever manages your keys for another one")
        self._note_use(found)
        return Caller(key.tenant, key.id, key.scopes)

    def forget(self, id: str) -> None:
        """Has the key looked up at its next use: it was changed here."""
        self._looked.pop(id, None)

    async def _look_up(self, id: str) -> _Looked:
        known = self._looked.get(id)
        moment = time.monotonic()
        if known is not None and moment < known.again_at:
            self._looked.move_to_end(id)
            return known
        try:
            await asyncio.shield(self._looking_up(id))
        except DependencyUnavailable:
            if known is None or known.key is None or moment - known.at > PATIENCE_SECONDS:
                raise
            known.again_at = moment + AGAIN_SECONDS
            return known
        return self._looked[id]

    def _looking_up(self, id: str) -> asyncio.Task[None]:
        """The one look-up of this id that is on its way."""
        task = self._looking.get(id)
        if task is None:
            task = asyncio.create_task(self._ask(id), name="key-lookup")
            self._looking[id] = task
            task.add_done_callback(lambda done: self._ended(id, done))
        return task

    def _ended(self, id: str, task: asyncio.Task[None]) -> None:
        self._looking.pop(id, None)
        if not task.cancelled():
            task.exception()  # everybody who waited was told

    async def _ask(self, id: str) -> None:
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                key = await self._stored.named(id)
        except (DependencyUnavailable, TimeoutError) as error:
            LOOK_UPS.labels("away").inc()
            raise DependencyUnavailable(
                "database", f"does not tell which keys there are: {error or 'no answer in time'}"
            ) from error
        LOOK_UPS.labels("unknown" if key is None else "found").inc()
        moment, before = time.monotonic(), self._looked.get(id)
        noted = 0.0 if before is None else before.use_noted_at
        self._looked[id] = _Looked(key, moment, moment + FRESH_SECONDS, noted)
        self._looked.move_to_end(id)
        while len(self._looked) > MOST_KEYS:
            self._looked.popitem(last=False)

    def _note_use(self, found: _Looked) -> None:
        moment = time.monotonic()
        if found.key is None or (found.use_noted_at and moment - found.use_noted_at < USE_NOTED_SECONDS):
            return
        found.use_noted_at = moment
        task = asyncio.create_task(self._write_use(found.key), name="key-use")
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _write_use(self, key: StoredKey) -> None:
        try:
            await self._stored.note_use(key)
        except DependencyUnavailable as fault:
            log.info("key_use_not_noted", key=key.id, reason=str(fault))
