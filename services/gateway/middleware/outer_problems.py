"""Answers as a problem what is raised outside the router, whose own handlers answer all that is raised within."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware

from libs.contracts.percent_encoding import is_well_encoded
from services.gateway.problems import Problem, problem_of, send_problem

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Message, Receive, Scope, Send

MAX_PATH_BYTES = 4_096


class OuterProblems(ASGIMiddleware):
    """Answers what other middleware raises, and addresses that cannot be read."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Passes the request on. An exception after the answer began is raised: there is nothing more to say."""
        has_begun = False

        async def send_on(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            _check_path(scope.get("raw_path") or b"")
            await next_app(scope, receive, send_on)
        except Exception as error:
            if has_begun:
                raise
            await send_problem(problem_of(error), send)


def _check_path(raw: bytes) -> None:
    if len(raw) > MAX_PATH_BYTES:
        told = f"the address has {len(raw):,} bytes before its parameters; {MAX_PATH_BYTES:,} are allowed"
        raise Problem("invalid_request", told)
    if not is_well_encoded(raw):
        raise Problem(
            "invalid_request", "the address cannot be read: after a % stand two hexadecimal digits, of UTF-8 all in all"
        )
