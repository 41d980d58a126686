"""HEAD, answered as GET is but without a body, and OPTIONS with every method of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

# No handler has it: the router answers 405 and names the methods that an address has.
_NO_METHOD = "NONE"


class Methods(ASGIMiddleware):
    """Answers HEAD and OPTIONS for every address.

    The framework's own OPTIONS names the methods of one handler, where an address has several.
    """

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes HEAD on as GET and leaves the body out; answers OPTIONS; passes on all else."""
        if scope["type"] != ScopeType.HTTP or scope["method"] not in ("HEAD", "OPTIONS"):
            await next_app(scope, receive, send)
            return
        asks_for_methods = scope["method"] == "OPTIONS"
        passed: Any = {**scope, "method": _NO_METHOD if asks_for_methods else "GET"}
        has_no_body, is_complete = not asks_for_methods, False

        async def send_changed(message: Message) -> None:
            nonlocal has_no_body, is_complete
            if is_complete:
                return
            if message["type"] == "http.response.start" and asks_for_methods and message["status"] == 405:
                has_no_body = True
                message["status"] = 204
                headers = MutableScopeHeaders.from_message(message)
                headers["allow"] = _allowed(headers["allow"])
                del headers["content-type"], headers["content-length"]
            if message["type"] == "http.response.body" and has_no_body:
                # Whoever asked for the head alone has it; a body may have no end.
                is_complete = True
                message = {"type": "http.response.body", "body": b"", "more_body": False}
            await send(message)

        await next_app(passed, receive, send_changed)
        if "path_template" in passed:
            scope["path_template"] = passed["path_template"]


def _allowed(named: str) -> str:
    methods = {method.strip() for method in named.split(",")}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))
