"""Connections of webhooks: a name is looked up once, its addresses are checked, and one of those is connected to.

TLS and the header Host go on naming the name. Nobody looks it up a second time, so that a name whose answer changes in
between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore

from libs.resilience.threads import Threads
from services.gateway.webhooks.outgoing.addresses import Address, AddressRules, literal

# Looking up blocks its thread for as long as name servers are silent.
LOOK_UP_THREADS = 16
# A name may have any number of addresses; each that is away costs time.
MOST_ADDRESSES = 4
Resolve = Callable[[str], Awaitable[Sequence[Address]]]


class ForbiddenAddress(Exception):
    """A host leads to an address that webhooks do not reach; the message is a sentence."""


class UnknownHost(Exception):
    """A host's name cannot be looked up; the message is a sentence."""


class Resolver:
    """Looks names up as the operating system does, in threads of its own."""

    def __init__(self) -> None:
        self._threads = Threads("webhook-names", LOOK_UP_THREADS)

    async def __call__(self, host: str) -> Sequence[Address]:
        """The addresses of a name, those of IPv4 first. Raises UnknownHost."""
        try:
            found = await self._threads.run(lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            raise UnknownHost(f"the host {host} cannot be looked up: {error}") from error
        # An address of a link names its interface behind a percent sign.
        addresses = {ip_address(str(each[4][0]).partition("%")[0]) for each in found}
        return sorted(addresses, key=lambda address: (address.version, int(address)))

    async def stop(self) -> None:
        """Looks nothing up any more."""
        await self._threads.stop()


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects where the rules allow it. Every connection is one look-up. `network` connects to addresses."""

    def __init__(
        self, rules: AddressRules, resolve: Resolve, network: httpcore.AsyncNetworkBackend | None = None
    ) -> None:
        self._rules = rules
        self._resolve = resolve
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the host, within `timeout` seconds with its look-up.

        Raises ForbiddenAddress, UnknownHost and what httpcore raises.
        """
        try:
            async with asyncio.timeout(timeout):
                return await self._first(await self._checked(host), port, socket_options)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Never: no webhook goes to a file of this machine."""
        raise ForbiddenAddress("webhooks do not go to sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)

    async def _checked(self, host: str) -> Sequence[Address]:
        written = literal(host)
        addresses = await self._resolve(host) if written is None else [written]
        if not addresses:
            raise UnknownHost(f"the host {host} has no address")
        for address in addresses:
            # One that is forbidden spoils all: whoever mixes them is up to something.
            if (why := self._rules.refusal(host, address)) is not None:
                raise ForbiddenAddress(f"webhooks do not go to {host}: {why}")
        return addresses[:MOST_ADDRESSES]

    async def _first(
        self, addresses: Sequence[Address], port: int, options: Iterable[httpcore.SOCKET_OPTION] | None
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of the addresses that takes one."""
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(str(address), port, socket_options=options)
            except httpcore.ConnectError:
                continue
        return await self._network.connect_tcp(str(addresses[-1]), port, socket_options=options)
