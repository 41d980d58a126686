"""Who calls, and for which tenant: decided here and nowhere else."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult, DefineMiddleware

from libs.contracts.identifiers import DEFAULT_TENANT
from services.gateway.problems import Problem

# Handlers that carry this option answer without a key.
OPEN = "open_to_all"
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="shortlist"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a key belongs to. `key_id` is for the log, never the key itself."""

    tenant: str
    key_id: str


ANYONE = Caller(DEFAULT_TENANT, "open")
BOOTSTRAP = Caller(DEFAULT_TENANT, "bootstrap")


class Keys:
    """The keys that are accepted; without a bootstrap key everybody is let in."""

    def __init__(self, bootstrap_key: str | None) -> None:
        self._bootstrap = None if bootstrap_key is None else _digest(bootstrap_key)

    def caller(self, authorization: str | None) -> Caller:
        """The owner of the key in an Authorization header. Raises Problem (`unauthorized`)."""
        if self._bootstrap is None:
            return ANYONE
        scheme, _, key = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Problem("unauthorized", "send the header Authorization: Bearer KEY", headers=_CHALLENGE)
        # Digests are compared, so that the time taken tells nothing about the key, not even its length.
        if not hmac.compare_digest(_digest(key.strip()), self._bootstrap):
            challenge = {"WWW-Authenticate": _CHALLENGE["WWW-Authenticate"] + ', error="invalid_token"'}
            raise Problem("unauthorized", "this key is not known", headers=challenge)
        return BOOTSTRAP


def authentication(keys: Keys) -> DefineMiddleware:
    """The middleware that sets `request.user` to the Caller, except on handlers that are open."""

    class Authentication(AbstractAuthenticationMiddleware):
        async def authenticate_request(self, connection: ASGIConnection[Any, Any, Any, Any]) -> AuthenticationResult:
            caller = keys.caller(connection.headers.get("authorization"))
            return AuthenticationResult(user=caller, auth=caller.key_id)

    return DefineMiddleware(Authentication, exclude_from_auth_key=OPEN, exclude_http_methods=["OPTIONS"])


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
