"""/admin/keys: a tenant's API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.params import PathParameter, QueryParameter

from libs.contracts.iso_dates import moment_of
from services.gateway.access.scopes import ADMINISTERS
from services.gateway.access.stored_keys import StoredKey
from services.gateway.api.bodies import AnyRequest
from services.gateway.api.description import NEEDS_KEY, answer, json_body, problems, with_body
from services.gateway.api.json_objects import read_object
from services.gateway.api.schemas import KeyOrder, KeyView, KeyViews, MadeKey
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

KeyId = Annotated[str, PathParameter(description="The key's id, as in the list", max_length=200)]
Tenant = Annotated[
    str | None,
    QueryParameter(name="tenant", description="whose keys; the operator sees those of all tenants where none is named"),
]

_ORDER = {"tenant": "acme", "scopes": ["read", "write"], "name": "the ATS", "expires_at": "2027-12-31T00:00:00Z"}
_VIEW = {
    "id": "7h2k9q4mx1",
    "tenant": "acme",
    "scopes": ["read", "write"],
    "name": "the ATS",
    "prefix": "sl_7h2k9q4mx1",
    "created_at": "2026-12-01T09:30:00+00:00",
    "created_by": "bootstrap",
    "expires_at": "2027-12-31T00:00:00+00:00",
    "revoked_at": None,
    "last_used_at": None,
}
_REFUSED = ("unauthorized", "forbidden", "not_supported", "unavailable")


@post(
    "/",
    status_code=201,
    operation_id="createKey",
    summary="Make a key",
    description="The answer is the only place where the key is ever shown. An admin makes keys of its own tenant, with "
    "no scope that it lacks itself; the operator's bootstrap key makes those of any tenant.",
    operation_class=with_body(json_body(KeyOrder, _ORDER)),
    responses={
        201: answer(MadeKey, "Made", {**_VIEW, "key": "sl_7h2k9q4mx1_…"}),
        **problems("invalid_body", "unsupported_type", "request_timeout", "too_large", *_REFUSED),
    },
    opt=ADMINISTERS,
)
async def create_key(request: AnyRequest, gateway: FromWiring) -> Response[MadeKey]:
    """A new key."""
    order = read_object(await request.body(), request.content_type[0], KeyOrder)
    expires = None if order.expires_at is None else _moment(order.expires_at)
    made, stored = await gateway.keys.make(
        request.user, order.tenant, order.scopes, name=order.name, expires_at=expires
    )
    fields = msgspec.structs.asdict(_view(stored))
    return Response(MadeKey(**fields, key=made.key), status_code=201)


@get(
    "/",
    operation_id="listKeys",
    summary="All keys, without their secrets",
    description="Of your own tenant; the operator's bootstrap key sees those of a tenant, or of all.",
    response_description="The oldest first, revoked ones too",
    responses=problems("invalid_body", *_REFUSED),
    opt=ADMINISTERS,
)
async def list_keys(request: AnyRequest, gateway: FromWiring, tenant: Tenant = None) -> KeyViews:
    """A tenant's keys, or all."""
    return KeyViews([_view(key) for key in await gateway.keys.listed(request.user, tenant)])


@delete(
    "/{key_id:str}",
    status_code=200,
    operation_id="revokeKey",
    summary="Make a key worthless",
    description="At this gateway at once, at every other within five seconds. It stays in the list, as revoked.",
    response_description="The key, as it is now",
    responses=problems("invalid_id", "not_found", *_REFUSED),
    opt=ADMINISTERS,
)
async def revoke_key(request: AnyRequest, gateway: FromWiring, key_id: KeyId) -> KeyView:
    """The key as it is then."""
    return _view(await gateway.keys.revoke(request.user, key_id))


def _moment(text: str) -> datetime:
    moment = moment_of(text)
    if moment is None:
        raise Problem("invalid_body", f"expires_at must be a time of RFC 3339, not {text[:60]!r}")
    return moment


def _view(key: StoredKey) -> KeyView:
    return KeyView(
        id=key.id,
        tenant=key.tenant,
        scopes=[str(scope) for scope in sorted(key.scopes)],
        name=key.name,
        prefix=f"sl_{key.id}",
        created_at=key.created_at.isoformat(),
        created_by=key.created_by,
        expires_at=None if key.expires_at is None else key.expires_at.isoformat(),
        revoked_at=None if key.revoked_at is None else key.revoked_at.isoformat(),
        last_used_at=None if key.last_used_at is None else key.last_used_at.isoformat(),
    )


_ROUTES = [create_key, list_keys, revoke_key]
key_routes = Router("/admin/keys", route_handlers=_ROUTES, tags=["keys"], security=NEEDS_KEY)
