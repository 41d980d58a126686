"""How a route says that it reads its body as it comes, in place of one that is whole before it begins.

    async for piece in body_stream(request.scope): …

The route's handler must have no parameter that makes the framework read the body, and `request_max_body_size=None`;
it bounds what it takes itself. Its answer may begin while the body still comes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Final

STATE_KEY: Final = "body_stream"
_IS_BEGUN: Final = "body_stream_is_begun"

BodyStream = Callable[[], AsyncIterator[bytes]]


def body_stream(scope: Any) -> AsyncIterator[bytes]:
    """The pieces of a request's body, decoded, as they come; nothing is kept. Call it once, before the body is read.

    Raises Problem: `request_timeout` where no byte comes for too long or too few come, `unsupported_encoding`, and
    `invalid_body` where the body is not of its encoding, or its sender is gone before its end.
    """
    begin: BodyStream = scope["state"][STATE_KEY]
    scope["state"][_IS_BEGUN] = True
    return begin()


def is_read_as_it_comes(scope: Any) -> bool:
    """Whether the request's route asked for its body so."""
    return bool(scope.get("state", {}).get(_IS_BEGUN))
