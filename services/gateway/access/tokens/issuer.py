"""The identity provider: its keys, read beside the requests, and kept while it is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx
import jwt
import msgspec
from prometheus_client import Counter

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.retry import backoff_seconds
from libs.running.safe_urls import is_safe_url
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from services.gateway.access.tokens.key_set import KeySet

PART = "issuer"
DISCOVERY = "/.well-known/openid-configuration"
# Keys are read again so often, and also when a token names one that is not known, though not more often than that.
REFRESH_SECONDS = 3_600.0
AGAIN_SECONDS = 30.0
# Keys that were read go on for so long while the issuer does not answer: a day's outage is not ours as well.
PATIENCE_SECONDS = 86_400.0
READ_SECONDS = 5.0
MAX_BYTES = 1_048_576

READS = Counter(
    "shortlist_gateway_issuer_reads_total",
    "Attempts to read the identity provider's keys, by outcome: read, or away (not had, or not usable)",
    ["outcome"],
)

log = get_logger(__name__)


class UnknownKey(Exception):
    """The issuer publishes no such key."""


class Issuer:
    """An OpenID Connect provider, named by its issuer URL. While it is away the gateway goes on with what it knows."""

    def __init__(self, url: str, health: Health, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.url = url
        self._health = health
        self._clock = clock
        self._client = httpx.AsyncClient(timeout=READ_SECONDS, follow_redirects=False)
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._tried_at: float | None = None
        self._fault: str | None = "its keys were not read yet"
        self._reading: asyncio.Task[None] | None = None
        self._refreshing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins to read the keys, now and again; does not wait for them."""
        self._health.degraded(PART, f"{self._fault}: keys of our own are good, tokens are not yet")
        self._refreshing = asyncio.create_task(self._refresh(), name="issuer-keys")

    async def stop(self) -> None:
        """Ends the tasks and closes the connections."""
        tasks = [task for task in (self._refreshing, self._reading) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    async def key(self, id: str | None, algorithm: str) -> jwt.PyJWK:
        """The key with this id for an algorithm of key_set.ALGORITHMS.

        Raises UnknownKey; DependencyUnavailable where that cannot be told, as the issuer is away.
        """
        found = self._known(id, algorithm)
        if found is None:
            await self._read_unless_lately()
            found = self._known(id, algorithm)
        if found is not None:
            return found
        if self._fault is not None:
            raise DependencyUnavailable(PART, f"does not tell its keys: {self._fault}")
        raise UnknownKey

    def _known(self, id: str | None, algorithm: str) -> jwt.PyJWK | None:
        if self._keys is None or self._clock() - self._read_at > PATIENCE_SECONDS:
            return None
        return self._keys.key(id, algorithm)

    async def _refresh(self) -> None:
        attempt = 0
        while True:
            await self._read_once()
            if self._fault is None:
                attempt = 0
                await asyncio.sleep(REFRESH_SECONDS)
            else:
                await asyncio.sleep(backoff_seconds(attempt, cap=AGAIN_SECONDS))
                attempt += 1

    async def _read_unless_lately(self) -> None:
        was_lately = self._tried_at is not None and self._clock() - self._tried_at < AGAIN_SECONDS
        if self._reading is not None or not was_lately:
            await self._read_once()

    async def _read_once(self) -> None:
        """Reads the keys, or waits until whoever does already is done. Never raises."""
        if self._reading is None:
            self._tried_at = self._clock()
            self._reading = asyncio.create_task(self._read(), name="issuer-read")
        # Whoever waits may be cancelled without ending it for the others.
        await asyncio.shield(self._reading)

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(2 * READ_SECONDS):
                keys = KeySet(await self._document(await self._key_set_url()))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, TimeoutError) as error:
            self._fault = str(error) or type(error).__name__
            READS.labels("away").inc()
            log.warning("issuer_keys_not_read", issuer=self.url, reason=self._fault)
            self._health.degraded(PART, self._fault)
        else:
            self._keys, self._read_at, self._fault = keys, self._clock(), None
            READS.labels("read").inc()
            self._health.ok(PART)
        finally:
            self._reading = None

    async def _key_set_url(self) -> str:
        found = await self._document(self.url.rstrip("/") + DISCOVERY)
        if not isinstance(found, dict) or found.get("issuer") != self.url:
            named = str(found.get("issuer"))[:200] if isinstance(found, dict) else "nothing"
            raise ValueError(f"its discovery document names the issuer {named}, not OIDC_ISSUER, {self.url}")
        url = str(found.get("jwks_uri"))
        if not is_safe_url(url):
            raise ValueError(f"its keys are at {url[:200]}, which is not https")
        return url

    async def _document(self, url: str) -> object:
        """The JSON at an address. Raises httpx.HTTPError, ValueError."""
        body = b""
        async with self._client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
            if answer.status_code != 200:
                raise ValueError(f"{url} answers {answer.status_code}")
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    raise ValueError(f"{url} answers more than {MAX_BYTES} bytes")
        try:
            document: object = msgspec.json.decode(body)
        except msgspec.MsgspecError as error:
            raise ValueError(f"{url} answers no JSON: {error}") from None
        return document
