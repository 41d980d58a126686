"""One effect for one key: works on a request, or gives the answer that it had."""

from __future__ import annotations

import asyncio
import re
from base64 import b32encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

from prometheus_client import Counter

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import Kind
from libs.telemetry.logs import get_logger
from services.gateway.idempotency.stored_requests import Found, Lease, StoredAnswer, StoredRequests
from services.gateway.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
FORGET_SECONDS = 600.0

REQUESTS = Counter(
    "shortlist_gateway_idempotent_requests_total",
    "Requests with an Idempotency-Key, by outcome: done, replayed (answered from what is remembered), refused (another "
    "body, or one that is still worked on), or given_up (nothing definite came of it; it may be sent again)",
    ["outcome"],
)
# A string of structured fields (RFC 8941) has quotes; most clients send none.
_KEY = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255})')

log = get_logger(__name__)


def key_in(header: str | None) -> str | None:
    """The key in a header; None without one. Raises Problem (`invalid_request`)."""
    if header is None:
        return None
    match = _KEY.fullmatch(header.strip())
    if match is None:
        raise Problem(
            "invalid_request", f"{HEADER} must be 1 to 255 printable ASCII characters, the best a UUID", header=HEADER
        )
    return match[1] or match[2]


def request_digest(*parts: bytes | str | None) -> bytes:
    """SHA-256 of what a request asks for: 32 bytes, others for other parts."""
    digest = sha256()
    for part in parts:
        given = part.encode() if isinstance(part, str) else part
        digest.update(b"-" if given is None else b"%d:" % len(given) + given)
    return digest.digest()


def derived_id(tenant: str, kind: Kind, key: str) -> str:
    """The id of a document whose sender named none: the same for the same key, so that a repeat hits the same
    document whatever became of the first."""
    return b32encode(request_digest("document", tenant, kind, key)[:16]).decode().rstrip("=").lower()


def derived_event_id(tenant: str, method: str, path: str, key: str) -> str:
    """The id of the event that a request publishes: a repeat publishes the same event, which has no effect twice."""
    return request_digest("event", tenant, method, path, key).hex()[:32]


class Work:
    """A request that is worked on: `remember` what came of it."""

    def __init__(self) -> None:
        self.answer: StoredAnswer | None = None

    def remember(self, answer: StoredAnswer) -> None:
        """This is what everybody gets who sends the same again."""
        self.answer = answer


class Once:
    """Works on each request once. Without a database nothing can be remembered, and such requests are refused."""

    def __init__(self, stored: StoredRequests | None) -> None:
        self._stored_or_none = stored

    @asynccontextmanager
    async def work(self, tenant: str, key: str, request: bytes) -> AsyncIterator[Work | StoredAnswer]:
        """Gives the answer that the same request had, or Work; what that remembers is kept at the block's end.

        Where the block remembers nothing, as it raised, whoever sends the request again has it done. Raises Problem:
        `idempotency_key_used` for another request, `idempotency_in_progress` while the first is worked on;
        DependencyUnavailable, before anything is done, where the database is away.
        """
        stored = self._stored
        begun = await stored.begin(tenant, key, request)
        if isinstance(begun, Found):
            yield _of_another(begun)
            return
        work = Work()
        renewing = asyncio.create_task(self._renew(begun), name="idempotency-lease")
        try:
            yield work
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            # Also where the caller went away: what was done must be remembered.
            await asyncio.shield(self._end(begun, work))

    async def _end(self, lease: Lease, work: Work) -> None:
        try:
            if work.answer is None:
                REQUESTS.labels("given_up").inc()
                await self._stored.give_up(lease)
            else:
                REQUESTS.labels("done").inc()
                await self._stored.end(lease, work.answer)
        except DependencyUnavailable as fault:
            # The effect is there and its answer goes out; a repeat publishes the same event again, without effect.
            log.warning("idempotent_answer_not_kept", tenant=lease.tenant, reason=str(fault))

    async def _renew(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(self._stored.lease_seconds / 3)
            try:
                await self._stored.renew(lease)
            except DependencyUnavailable as fault:
                log.info("idempotency_lease_not_renewed", reason=str(fault))

    @property
    def _stored(self) -> StoredRequests:
        if self._stored_or_none is None:
            raise Problem(
                "not_supported",
                f"this gateway has no database to remember {HEADER} in, so nothing was done: leave it out, or set the "
                "gateway's DATABASE_URL",
            )
        return self._stored_or_none


class Forgetting:
    """Removes what is older than a day, now and then, for as long as the gateway runs."""

    def __init__(self, stored: StoredRequests) -> None:
        self._stored = stored
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begins."""
        self._task = asyncio.create_task(self._run(), name="idempotency-forgetting")

    async def stop(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            try:
                await self._stored.forget()
            except DependencyUnavailable as fault:
                log.info("idempotency_keys_not_forgotten", reason=str(fault))
            except Exception as error:
                # Without the task nothing would be forgotten until a restart.
                log.error("idempotency_keys_not_forgotten", exc_info=error)


def _of_another(found: Found) -> StoredAnswer:
    if not found.is_same:
        REQUESTS.labels("refused").inc()
        raise Problem(
            "idempotency_key_used",
            f"this {HEADER} was used for another request within the last day: send what you sent then, or another key",
            header=HEADER,
        )
    if found.answer is None:
        REQUESTS.labels("refused").inc()
        raise Problem(
            "idempotency_in_progress",
            "the same request is being worked on: ask again shortly for its answer",
            headers={"Retry-After": "1"},
        )
    REQUESTS.labels("replayed").inc()
    return found.answer
