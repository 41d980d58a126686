"""One attempt: a POST, and what came back of it."""

from __future__ import annotations

import asyncio
import email.utils
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import httpcore
import httpx
from prometheus_client import Counter, Gauge, Histogram

from libs.telemetry.logs import get_logger
from services.gateway.webhooks.outgoing.connecting import CheckedBackend, ForbiddenAddress, UnknownHost
from services.gateway.webhooks.outgoing.signing import signed_headers
from services.gateway.webhooks.outgoing.targets import UnfitUrl, UrlRules

ATTEMPTS = Counter(
    "shortlist_gateway_webhook_attempts_total",
    "Attempts to deliver a webhook, by outcome: delivered (2xx), refused (another answer), unreachable (none), "
    "forbidden (its address or URL may not be used)",
    ["outcome"],
)
ATTEMPT_SECONDS = Histogram(
    "shortlist_gateway_webhook_attempt_seconds",
    "Seconds that an attempt to deliver a webhook took",
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)
IN_FLIGHT = Gauge("shortlist_gateway_webhook_in_flight", "Attempts to deliver a webhook that are under way")

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
# An answer is read this far, so that a connection ends in good order; what it says beyond is nobody's business.
MAX_ANSWER_BYTES = 65_536
USER_AGENT = "Shortlist-Webhooks/1"
GONE = 410

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of an attempt. `error` is a sentence, None where it was delivered; `status` the answer's, if any.

    `retry_after` is in seconds. `body` is what was read of the answer.
    """

    seconds: float
    status: int | None = None
    error: str | None = None
    retry_after: float | None = None
    body: bytes = b""

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return self.error is None

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing any more."""
        return self.status == GONE


class Sender:
    """Sends signed bodies. No redirect is followed, no proxy is asked, no cookie is kept.

    `whole_seconds`: how long an attempt may take, its look-up included.
    """

    def __init__(
        self,
        rules: UrlRules,
        backend: CheckedBackend,
        ca_file: Path | None = None,
        *,
        whole_seconds: float = WHOLE_SECONDS,
    ) -> None:
        self._rules = rules
        self._backend = backend
        self._whole_seconds = whole_seconds
        self._ca_file = ca_file

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """One for all attempts, made for the first: all well-known certificates are read for it."""
        context = httpx.create_ssl_context(trust_env=False)
        if self._ca_file is not None:
            context.load_verify_locations(self._ca_file)
        return context

    async def send(self, url: str, message_id: str, body: bytes, keys: Sequence[bytes], at: datetime) -> Attempt:
        """Posts the body. Takes at most `whole_seconds`; raises nothing but cancellation.

        `keys` are the secrets to sign with, `at` is the moment of the attempt.
        """
        began = time.monotonic()
        status: int | None = None
        error, outcome = "", "unreachable"
        retry_after: float | None = None
        answer = b""
        with IN_FLIGHT.track_inprogress():
            try:
                async with asyncio.timeout(self._whole_seconds):
                    headers = signed_headers(message_id, int(at.timestamp()), body, keys)
                    status, retry_after, answer = await self._post(url, headers, body, at)
            except (ForbiddenAddress, UnfitUrl) as refusal:
                error, outcome = str(refusal), "forbidden"
            except UnknownHost as fault:
                error = str(fault)
            except TimeoutError:
                error = f"there was no whole answer within {self._whole_seconds:g} s"
            except httpcore.ConnectTimeout:
                error = f"no connection could be made within {CONNECT_SECONDS:g} s"
            except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as fault:
                error = f"the connection failed: {str(fault)[:300] or type(fault).__name__}"
            except Exception as fault:  # a bug must not keep all other webhooks from being delivered
                log.error("webhook_attempt_failed", exc_info=fault)
                error = f"an error of our own: {type(fault).__name__}"
        if status is not None:
            outcome = "delivered" if 200 <= status < 300 else "refused"
            error = "" if outcome == "delivered" else _told(status)
        seconds = time.monotonic() - began
        ATTEMPTS.labels(outcome).inc()
        ATTEMPT_SECONDS.observe(seconds)
        return Attempt(seconds, status, error or None, retry_after, answer)

    async def _post(
        self, text: str, signed: dict[str, str], body: bytes, at: datetime
    ) -> tuple[int, float | None, bytes]:
        # Checked again, since what is allowed may have changed since the webhook was made.
        url = self._rules.check(text)
        headers: dict[bytes | str, bytes | str] = {
            "host": url.netloc.decode("ascii"),
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": USER_AGENT,
            "accept-encoding": "identity",
            # One for each attempt, so that every attempt is connected where its own look-up led to.
            "connection": "close",
        }
        headers.update(signed.items())
        timeout = dict.fromkeys(("read", "write"), WHOLE_SECONDS) | {"connect": CONNECT_SECONDS, "pool": WHOLE_SECONDS}
        async with httpcore.AsyncConnectionPool(
            ssl_context=self._tls, network_backend=self._backend, max_connections=1, max_keepalive_connections=0
        ) as connections:
            target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path or b"/")
            async with connections.stream(
                "POST", target, headers=headers, content=body, extensions={"timeout": timeout}
            ) as answer:
                read = bytearray()
                async for chunk in answer.aiter_stream():
                    read += chunk[: MAX_ANSWER_BYTES - len(read)]
                    if len(read) >= MAX_ANSWER_BYTES:
                        break
                named = {name.lower(): value for name, value in answer.headers}
                return answer.status, _retry_after(named.get(b"retry-after"), at), bytes(read)


def _told(status: int) -> str:
    if 300 <= status < 400:
        return f"the endpoint answered {status}; redirects are not followed: change the webhook's url"
    return f"the endpoint answered {status}"


def _retry_after(value: bytes | None, at: datetime) -> float | None:
    """Seconds from `at` on, as a Retry-After header says in either of its forms; None without one that can be read."""
    text = (value or b"").decode("ascii", "replace").strip()
    if text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - at).total_seconds())
