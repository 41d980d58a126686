"""Before a route is called: who calls, and whether the key may do what the route does."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult, DefineMiddleware
from litestar.routes import HTTPRoute

from services.gateway.access.caller import Caller
from services.gateway.access.entry import Entry
from services.gateway.access.scopes import OPEN, OPERATOR_ONLY, SCOPE, TAKES_TICKET, Scope
from services.gateway.problems import Problem


def authentication(entry: Entry) -> DefineMiddleware:
    """The middleware that sets `request.user` to the Caller, except on routes that are open."""

    class Authentication(AbstractAuthenticationMiddleware):
        async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
            authorization, ticket = connection.headers.get("authorization"), _ticket(connection)
            if authorization is None and ticket is not None:
                caller = await entry.ticket_holder(ticket)
            else:
                caller = await entry.caller(authorization)
            _check_scope(caller, connection.route_handler.opt)
            connection.scope["state"]["caller"] = caller
            return AuthenticationResult(user=caller, auth=caller.key_id)

    return DefineMiddleware(Authentication, exclude_from_auth_key=OPEN, exclude_http_methods=["OPTIONS"])


def refuse_unscoped_routes(app: Litestar) -> None:
    """Raises AssertionError for a route that says neither what it asks for nor that it is open: none is by mistake."""
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            is_call = handler.http_methods != {"OPTIONS"}
            if is_call and not handler.opt.get(OPEN) and handler.opt.get(SCOPE) is None:
                raise AssertionError(f"the route {route.path} does not say which scope it asks for")


def _ticket(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    if not connection.route_handler.opt.get(TAKES_TICKET):
        return None
    ticket: str | None = connection.query_params.get("ticket")
    return ticket


def _check_scope(caller: Caller, asked: dict[str, Any]) -> None:
    scope: Scope = asked[SCOPE]
    if not caller.may(scope):
        held = ", ".join(sorted(caller.scopes)) or "none"
        raise Problem("forbidden", f"this takes a key with the scope {scope}; yours has {held}")
    if asked.get(OPERATOR_ONLY) and not caller.is_operator:
        raise Problem("forbidden", "this concerns all tenants: it takes the operator's bootstrap key")
