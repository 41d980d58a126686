"""uvicorn's protocol as the services use it: a connection may also be cut off by the answer that goes over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libs.telemetry.head_limit import HeadLimitedProtocol

_EXTENSION = "shortlist.cut_off"


class Protocol(HeadLimitedProtocol):
    """Gives every request a way to cut off its connection, beside the bound on its head.

    An answer whose reader takes nothing any more can otherwise not be ended: what is left of it would be kept until
    the reader takes it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        app: Any = self.app

        async def with_extension(scope: Any, receive: Any, send: Any) -> None:
            extensions = {**(scope.get("extensions") or {}), _EXTENSION: {"cut_off": self.transport.abort}}
            await app({**scope, "extensions": extensions}, receive, send)

        self.app = with_extension


def cut_off(scope: Any) -> None:
    """Closes the connection of a request at once, whatever was not sent yet; nothing where the server knows no such
    way, as in tests without one."""
    extension = (scope.get("extensions") or {}).get(_EXTENSION)
    if extension is not None:
        close: Callable[[], None] = extension["cut_off"]
        close()
