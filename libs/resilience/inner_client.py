"""Calls from one service to another: several addresses, a deadline, a breaker, the next on refusal."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from typing import Any

import httpx

from libs.contracts.errors import SurroundingsFault
from libs.resilience.breaker import CircuitBreaker
from libs.telemetry.tracing import TRACEPARENT, current_traceparent

# Errors after which another address may be asked: the request did not reach anybody.
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# ... or its answer was cut off, or did not come.
_BROKEN = (*_NOT_REACHED, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError, httpx.TimeoutException)
# What an address answers that cannot work at the moment (its model loads, say): another may.
_NOT_READY = 503


class InnerClient:
    """An HTTP client of another service. Safe for concurrent use; close it when done.

    `urls` is a comma-separated list; a DNS name stands for all its addresses, looked up at each call.
    The address that answered well last is asked first. One that hangs costs its share of the deadline, not all of it.
    """

    def __init__(
        self, part: str, urls: str, *, breaker: CircuitBreaker | None = None, timeout_seconds: float = 10.0
    ) -> None:
        self.part = part
        self._urls = [httpx.URL(url.strip()) for url in urls.split(",") if url.strip()]
        if not self._urls:
            raise ValueError(f"no address of {part} is configured: set {part.upper()}_URLS")
        self._breaker = breaker or CircuitBreaker(part)
        self._timeout_seconds = timeout_seconds
        self._client = httpx.AsyncClient(timeout=timeout_seconds, limits=httpx.Limits(max_connections=64))
        self._preferred: str | None = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
        repeatable: bool = False,
    ) -> httpx.Response:
        """Sends one request; the deadline spans all addresses that are tried.

        The next address is tried on refusal; also when the connection breaks, no answer comes or it is 503, where
        the request may be sent twice: a GET, or one said to be `repeatable`.

        Returns any answer below 500, and 429. Raises SurroundingsFault for 5xx answers, refusal,
        time-outs and an open breaker.
        """
        seconds = timeout_seconds or self._timeout_seconds
        sent = {TRACEPARENT: current_traceparent(), **(headers or {})}
        async with self._breaker.guard():
            try:
                async with asyncio.timeout(seconds):
                    response = await self._first_answer(
                        method,
                        path,
                        json=json,
                        content=content,
                        headers=sent,
                        params=params,
                        seconds=seconds,
                        repeatable=repeatable or method == "GET",
                    )
            except TimeoutError:
                raise SurroundingsFault(self.part, f"no answer to {method} {path} within {seconds:g} s") from None
            except httpx.HTTPError as error:
                what = str(error) or type(error).__name__
                raise SurroundingsFault(self.part, f"{method} {path} failed: {what}") from error
            if response.status_code >= 500:
                raise SurroundingsFault(
                    self.part, f"{method} {path} answered {response.status_code}: {_said(response)}"
                )
            return response

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _first_answer(
        self, method: str, path: str, *, seconds: float, repeatable: bool, headers: Mapping[str, str], **kwargs: Any
    ) -> httpx.Response:
        ends_at = time.monotonic() + seconds
        next_after = _BROKEN if repeatable else _NOT_REACHED
        addresses = await self._addresses()
        refusal: httpx.HTTPError | None = None
        not_ready: httpx.Response | None = None
        for number, (base, host) in enumerate(addresses):
            left = max(ends_at - time.monotonic(), 0.001)
            share = left / (len(addresses) - number)
            timeout = httpx.Timeout(share if repeatable else left, connect=share, pool=share)
            try:
                response = await self._client.request(
                    method, base + path, headers={**headers, "host": host}, timeout=timeout, **kwargs
                )
            except next_after as error:
                self._forget(base)
                refusal = error
                continue
            except httpx.HTTPError:
                self._forget(base)
                raise
            if response.status_code >= 500:
                self._forget(base)
            else:
                self._preferred = base
            if response.status_code == _NOT_READY and repeatable:
                not_ready = response
                continue
            return response
        if not_ready is not None:
            return not_ready
        raise refusal or httpx.ConnectError(f"no address of {self.part} could be looked up")

    def _forget(self, base: str) -> None:
        if self._preferred == base:
            self._preferred = None

    async def _addresses(self) -> list[tuple[str, str]]:
        """Base addresses with the Host header of each, the one that answered last first."""
        found: list[tuple[str, str]] = []
        for url in self._urls:
            port = url.port or (443 if url.scheme == "https" else 80)
            host = url.netloc.decode()
            hosts = [url.host] if url.scheme == "https" else await _looked_up(url.host, port)
            found += [(str(url.copy_with(host=address, port=port)).rstrip("/"), host) for address in hosts]
        return sorted(found, key=lambda entry: entry[0] != self._preferred)


async def _looked_up(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _said(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.text[:200]
    return str(body.get("detail", body))[:300] if isinstance(body, dict) else str(body)[:200]
