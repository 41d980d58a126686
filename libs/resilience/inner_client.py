"""Calls from one service to another: several addresses, a deadline, a breaker, the next on refusal."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from typing import Any

import httpx

from libs.contracts.errors import BeingFilled, DependencyUnavailable
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.calling import calling
from libs.telemetry.http_spans import asking

# Errors after which another address may be asked: the request did not reach anybody.
_NOT_REACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# ... or its answer was cut off, or did not come in time.
_BROKEN = (*_NOT_REACHED, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)
_LATE = (httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError)
# The problem type of a 503 that says so.
BEING_FILLED = "urn:shortlist:problem:being_filled"
# An address that failed is asked last for so long.
AVOIDED_SECONDS = 10.0


class InnerClient:
    """An HTTP client of another service. Safe for concurrent use; close it when done.

    `urls` is a comma-separated list; a DNS name stands for all its addresses, looked up at each call.
    The address that answered last is asked first, one that failed lately last. `token` is what services of one system
    show each other.
    """

    def __init__(
        self,
        part: str,
        urls: str,
        *,
        token: str | None = None,
        breaker: CircuitBreaker | None = None,
        timeout_seconds: float = 10.0,
    ) -> None:
        self.part = part
        self._urls = [httpx.URL(url.strip()) for url in urls.split(",") if url.strip()]
        if not self._urls:
            raise ValueError(f"no address of {part} is configured: set {part.upper()}_URLS")
        self._breaker = breaker or CircuitBreaker(part)
        self._timeout_seconds = timeout_seconds
        self._client = httpx.AsyncClient(
            headers={} if token is None else {"authorization": f"Bearer {token}"},
            timeout=timeout_seconds,
            limits=httpx.Limits(max_connections=64),
        )
        self._preferred: str | None = None
        self._failed_at: dict[str, float] = {}

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

        The next address is tried on refusal and 503; also when the connection breaks before the answer or no
        answer comes in the address's share of the deadline, where the request may be sent twice: a GET, or one said
        to be `repeatable`.

        Returns any answer below 500: a 429 too, which says nothing against the service. Raises BeingFilled, which the
        breaker does not count either, where the service says that it is being filled again; DependencyUnavailable
        for other 5xx answers, a refused token, refusal, time-outs and an open breaker.
        """
        seconds = timeout_seconds or self._timeout_seconds
        async with calling(self.part, seconds, self._breaker, f"{method} {path}"):
            try:
                response = await self._first_answer(
                    method,
                    path,
                    seconds=seconds,
                    twice=repeatable or method == "GET",
                    json=json,
                    content=content,
                    headers=headers or {},
                    params=params,
                )
            except (httpx.ReadTimeout, httpx.WriteTimeout):
                raise TimeoutError from None
            except httpx.HTTPError as error:
                what = str(error) or type(error).__name__
                raise DependencyUnavailable(self.part, f"{method} {path} failed: {what}") from error
            if response.status_code == httpx.codes.UNAUTHORIZED:
                raise DependencyUnavailable(
                    self.part, "refuses the token of calls between services: give both the same INTERNAL_TOKEN"
                )
            if is_being_filled(response):
                raise BeingFilled(self.part, _said(response), told=_said(response))
            if response.status_code >= 500:
                raise DependencyUnavailable(
                    self.part, f"{method} {path} answered {response.status_code}: {_said(response)}"
                )
            return response

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _first_answer(
        self, method: str, path: str, *, seconds: float, twice: bool, headers: Mapping[str, str], **body: Any
    ) -> httpx.Response:
        """The first answer that is no 503, or else the last. `twice`: whether the request may be sent twice."""
        ends = time.monotonic() + seconds
        problem: Exception | None = None
        refusal: httpx.Response | None = None
        addresses = await self._addresses()
        for number, (base, host) in enumerate(addresses):
            left = max(ends - time.monotonic(), 0.001)
            share = left / (len(addresses) - number)
            try:
                with asking(self.part, method, base, path) as exchange:
                    async with asyncio.timeout(share if twice else left):
                        response = await self._client.request(
                            method,
                            base + path,
                            headers={**exchange.headers, **headers, "host": host},
                            timeout=httpx.Timeout(share if twice else left, connect=share, pool=share),
                            **body,
                        )
                    exchange.answered(response.status_code)
            except (*_BROKEN, *_LATE) as error:
                self._avoid(base)
                if not twice and not isinstance(error, _NOT_REACHED):
                    raise
                problem = error
                continue
            if response.status_code < 500 or is_being_filled(response):
                self._preferred = base
                self._failed_at.pop(base, None)
                return response
            self._avoid(base)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return response
            refusal = response
        if refusal is not None:
            return refusal
        raise problem or httpx.ConnectError(f"no address of {self.part} could be looked up")

    def _avoid(self, base: str) -> None:
        self._failed_at[base] = time.monotonic()
        if self._preferred == base:
            self._preferred = None

    async def _addresses(self) -> list[tuple[str, str]]:
        """Base addresses with the Host header of each, those that failed lately last."""
        found: list[tuple[str, str]] = []
        for url in self._urls:
            port = url.port or (443 if url.scheme == "https" else 80)
            host = url.netloc.decode()
            hosts = [url.host] if url.scheme == "https" else await _looked_up(url.host, port)
            found += [(str(url.copy_with(host=address, port=port)).rstrip("/"), host) for address in hosts]
        since = time.monotonic() - AVOIDED_SECONDS
        self._failed_at = {base: at for base, at in self._failed_at.items() if at > since}
        return sorted(found, key=lambda entry: (entry[0] in self._failed_at, entry[0] != self._preferred))


async def _looked_up(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_being_filled(response: httpx.Response) -> bool:
    """Whether the answer says that the service works, but lacks what it is being filled with."""
    if response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
        return False
    try:
        body = response.json()
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("type") == BEING_FILLED


def _said(response: httpx.Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return response.text[:200]
    return str(body.get("detail", body))[:300] if isinstance(body, dict) else str(body)[:200]
