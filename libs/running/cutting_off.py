"""Lets an answer cut off the connection that it goes over.

An answer whose reader takes nothing any more can otherwise not be ended: what is left of it would be kept until the
reader takes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_EXTENSION = "shortlist.cut_off"


def cut_off_by(app: Any, close: Callable[[], None]) -> Any:
    """The ASGI app, whose requests know `close` as the way to cut off their connection."""

    async def with_extension(scope: Any, receive: Any, send: Any) -> None:
        extensions = {**(scope.get("extensions") or {}), _EXTENSION: {"close": close}}
        await app({**scope, "extensions": extensions}, receive, send)

    return with_extension


def cut_off(scope: Any) -> None:
    """Closes the connection of a request at once, whatever was not sent yet; nothing where the server knows no such
    way, as in tests without one."""
    extension = (scope.get("extensions") or {}).get(_EXTENSION)
    if extension is not None:
        extension["close"]()
