"""What a good token says of who calls: the tenant, the scopes and the person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from libs.contracts.identifiers import TENANT_PATTERN, is_tenant
from libs.contracts.inner.asking import MAX_ACTOR_CHARS, is_actor
from services.gateway.access.caller import Caller
from services.gateway.access.scopes import Scope, with_held
from services.gateway.problems import Problem


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """The names under which the identity provider tells them; scopes count where they begin with `scope_prefix`."""

    tenant: str = "tenant"
    scopes: str = "scope"
    actor: str = "sub"
    scope_prefix: str = ""


def caller_of(claims: Mapping[str, Any], names: ClaimNames) -> Caller:
    """Who calls. Raises Problem (`forbidden`) where the claims let nobody in.

    The public id tells tokens of one subject from others, without saying who that is. Never an operator.
    """
    tenant, actor, scopes = claims.get(names.tenant), claims.get(names.actor), _scopes(claims, names)
    if not isinstance(tenant, str) or not is_tenant(tenant):
        raise Problem("forbidden", f"this token's claim {names.tenant!r} names no tenant of the form {TENANT_PATTERN}")
    if not scopes:
        ours = ", ".join(names.scope_prefix + scope for scope in Scope)
        raise Problem("forbidden", f"this token's claim {names.scopes!r} holds none of our scopes: {ours}")
    if not isinstance(actor, str) or not is_actor(actor):
        raise Problem(
            "forbidden",
            f"this token's claim {names.actor!r} must name who calls, in 1 to {MAX_ACTOR_CHARS} printable characters",
        )
    return Caller(tenant, _public_id(tenant, str(claims["sub"])), scopes, actor=actor)


def _scopes(claims: Mapping[str, Any], names: ClaimNames) -> frozenset[Scope]:
    """Our scopes among those of the token: others are for other services."""
    told = claims.get(names.scopes)
    listed = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    given = {str(each).removeprefix(names.scope_prefix) for each in listed if str(each).startswith(names.scope_prefix)}
    return with_held(scope for scope in Scope if scope in given)


def _public_id(tenant: str, subject: str) -> str:
    return "oidc:" + hashlib.sha256(f"{tenant}\n{subject}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
