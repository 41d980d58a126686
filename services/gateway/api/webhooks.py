"""/webhooks: where a tenant's own systems are told what happened to its documents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, delete, get, patch, post
from litestar.params import PathParameter, QueryParameter
from msgspec import UNSET

from services.gateway.access.scopes import ADMINISTERS, READS
from services.gateway.api.bodies import AnyRequest
from services.gateway.api.description import NEEDS_KEY, answer, json_body, problems, with_body
from services.gateway.api.examples import WEBHOOK
from services.gateway.api.json_objects import read_object
from services.gateway.api.webhook_schemas import (
    DeliveryView,
    DeliveryViews,
    LastDelivery,
    Replayed,
    ReplayOrder,
    TrialAnswer,
    WebhookChange,
    WebhookOrder,
    WebhookView,
    WebhookViews,
    WebhookWithSecret,
)
from services.gateway.service import FromWiring
from services.gateway.webhooks.outgoing.signing import shown
from services.gateway.webhooks.stored_webhooks import StoredDelivery, StoredWebhook

WebhookId = Annotated[str, PathParameter(description="The webhook's id, as in the list", max_length=200)]
DeliveryState = Annotated[str | None, QueryParameter(name="state", description="pending, delivered or failed")]
Limit = Annotated[int, QueryParameter(name="limit", description="1 to 200")]
# As much of an answer to a test is shown.
SHOWN_BYTES = 1_000

_ORDER = {name: WEBHOOK[name] for name in ("url", "types")}
_WITH_SECRET = {**WEBHOOK, "secret": "whsec_…"}
_REFUSED = ("unauthorized", "forbidden", "not_supported", "unavailable")
_WITH_BODY = ("invalid_body", "unsupported_type", "request_timeout", "too_large", *_REFUSED)


@post(
    "/",
    status_code=201,
    operation_id="createWebhook",
    summary="Make a webhook",
    description="From now on a POST is sent to its URL for each event of its types, signed by the Standard Webhooks "
    "specification. The answer is the only place where its secret is shown, until it is rotated.",
    operation_class=with_body(json_body(WebhookOrder, _ORDER)),
    responses={
        201: answer(WebhookWithSecret, "Made", _WITH_SECRET),
        **problems("invalid_url", "too_many", *_WITH_BODY),
    },
    opt=ADMINISTERS,
)
async def create_webhook(request: AnyRequest, gateway: FromWiring) -> Response[WebhookWithSecret]:
    """A new webhook."""
    order = read_object(await request.body(), request.content_type[0], WebhookOrder)
    made = await gateway.webhooks.make(request.user.tenant, order.url, order.types, order.description)
    return Response(_with_secret(made), status_code=201)


@get(
    "/",
    operation_id="listWebhooks",
    summary="All webhooks",
    response_description="The oldest first",
    responses=problems(*_REFUSED),
    opt=READS,
)
async def list_webhooks(request: AnyRequest, gateway: FromWiring) -> WebhookViews:
    """A tenant's webhooks."""
    return WebhookViews([_view(webhook) for webhook in await gateway.webhooks.listed(request.user.tenant)])


@get(
    "/{webhook_id:str}",
    operation_id="getWebhook",
    summary="One webhook, and how it is doing",
    response_description="The webhook",
    responses=problems("invalid_request", "not_found", *_REFUSED),
    opt=READS,
)
async def get_webhook(request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId) -> WebhookView:
    """A webhook."""
    return _view(await gateway.webhooks.named(request.user.tenant, webhook_id))


@patch(
    "/{webhook_id:str}",
    operation_id="changeWebhook",
    summary="Change a webhook, pause it or resume it",
    description="What is on its way goes to a new URL at once. While it is paused nothing is sent, and what happens is "
    "not put on its way; once it is resumed, what was pending is sent, and a replay brings what happened meanwhile.",
    operation_class=with_body(json_body(WebhookChange, {"state": "active"})),
    response_description="The webhook, as it is now",
    responses=problems("invalid_url", "not_found", *_WITH_BODY),
    opt=ADMINISTERS,
)
async def change_webhook(request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId) -> WebhookView:
    """The webhook as it is then."""
    change = read_object(await request.body(), request.content_type[0], WebhookChange)
    changed = await gateway.webhooks.change(
        request.user.tenant,
        webhook_id,
        url=None if change.url is UNSET else change.url,
        types=None if change.types is UNSET else change.types,
        description=None if change.description is UNSET else change.description,
        state=None if change.state is UNSET else change.state,
    )
    return _view(changed)


@delete(
    "/{webhook_id:str}",
    status_code=200,
    operation_id="deleteWebhook",
    summary="Delete a webhook",
    description="With all that is on its way to it.",
    response_description="The webhook, as it was",
    responses=problems("invalid_request", "not_found", *_REFUSED),
    opt=ADMINISTERS,
)
async def delete_webhook(request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId) -> WebhookView:
    """The webhook as it was."""
    return _view(await gateway.webhooks.delete(request.user.tenant, webhook_id))


@post(
    "/{webhook_id:str}/secret",
    status_code=200,
    operation_id="rotateWebhookSecret",
    summary="Give a webhook a new secret",
    description="For 24 hours messages carry two signatures, one of the new secret and one of the old.",
    responses={
        200: answer(WebhookWithSecret, "The webhook with its new secret", _WITH_SECRET),
        **problems("invalid_request", "not_found", *_REFUSED),
    },
    opt=ADMINISTERS,
)
async def rotate_webhook_secret(request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId) -> WebhookWithSecret:
    """The webhook with its new secret."""
    return _with_secret(await gateway.webhooks.rotate(request.user.tenant, webhook_id))


@post(
    "/{webhook_id:str}/replay",
    status_code=202,
    operation_id="replayWebhook",
    summary="Send again what happened",
    description="Events of the webhook's types that happened from `since` on and are still kept, whether they were "
    "delivered or not, under the same ids as before. At most 20,000 at a time: `next_since` says where to go on.",
    operation_class=with_body(json_body(ReplayOrder, {"since": "2026-12-01T00:00:00Z"})),
    responses={
        202: answer(Replayed, "On their way", {"events": 17, "next_since": None}),
        **problems("invalid_time", "not_found", *_WITH_BODY),
    },
    opt=ADMINISTERS,
)
async def replay_webhook(request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId) -> Response[Replayed]:
    """How much is sent again."""
    order = read_object(await request.body(), request.content_type[0], ReplayOrder)
    replay = await gateway.webhooks.replay(request.user.tenant, webhook_id, order.since, order.until)
    return Response(Replayed(replay.events, _time(replay.next_since)), status_code=202)


@post(
    "/{webhook_id:str}/test",
    status_code=200,
    operation_id="testWebhook",
    summary="Send a test event now",
    description="An event of the type `webhook.test`, sent once, whatever the webhook's state, which stays as it is.",
    response_description="What came back",
    responses=problems("invalid_request", "not_found", *_REFUSED),
    opt=ADMINISTERS,
)
async def test_webhook(request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId) -> TrialAnswer:
    """What came back."""
    message, attempt = await gateway.webhooks.test(request.user.tenant, webhook_id)
    return TrialAnswer(
        id=message,
        delivered=attempt.delivered,
        status=attempt.status,
        error=attempt.error,
        seconds=round(attempt.seconds, 3),
        body=attempt.body[:SHOWN_BYTES].decode("utf-8", "replace"),
    )


@get(
    "/{webhook_id:str}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="What was and is to be delivered",
    description="Each event on its way to the webhook, delivered, or given up, with what is sent.",
    response_description="The newest first",
    responses=problems("invalid_limit", "invalid_state", "not_found", *_REFUSED),
    opt=READS,
)
async def list_deliveries(
    request: AnyRequest, gateway: FromWiring, webhook_id: WebhookId, in_state: DeliveryState = None, limit: Limit = 50
) -> DeliveryViews:
    """Deliveries of a webhook."""
    found = await gateway.webhooks.deliveries(request.user.tenant, webhook_id, in_state, limit)
    return DeliveryViews([_delivery(each) for each in found])


def _view(webhook: StoredWebhook) -> WebhookView:
    return WebhookView(**_fields(webhook))


def _with_secret(webhook: StoredWebhook) -> WebhookWithSecret:
    return WebhookWithSecret(**_fields(webhook), secret=shown(webhook.secret))


def _fields(webhook: StoredWebhook) -> dict[str, Any]:
    last = webhook.last_attempt
    return {
        "id": webhook.id,
        "url": webhook.url,
        "types": list(webhook.types),
        "description": webhook.description,
        "state": webhook.state,
        "paused_at": _time(webhook.paused_at),
        "paused_for": webhook.paused_for,
        "created_at": webhook.created_at.isoformat(),
        "pending": webhook.pending,
        "failed": webhook.failed,
        "consecutive_failures": webhook.failures,
        "failing_since": _time(webhook.failing_since),
        "last_delivery": last and LastDelivery(last.at.isoformat(), last.message, last.type, last.status),
        "last_error": webhook.last_error,
        "last_error_at": _time(webhook.last_error_at),
        "old_secret_until": _time(webhook.previous_until),
    }


def _delivery(delivery: StoredDelivery) -> DeliveryView:
    return DeliveryView(
        id=delivery.message,
        type=delivery.type,
        at=delivery.at.isoformat(),
        state=delivery.state,  # type: ignore[arg-type]  # the table holds no other
        attempts=delivery.attempts,
        created_at=delivery.created_at.isoformat(),
        next_attempt_at=delivery.due_at.isoformat() if delivery.state == "pending" else None,
        ended_at=_time(delivery.ended_at),
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        body=msgspec.json.decode(delivery.body),
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


_ROUTES = [
    create_webhook,
    list_webhooks,
    get_webhook,
    change_webhook,
    delete_webhook,
    rotate_webhook_secret,
    replay_webhook,
    test_webhook,
    list_deliveries,
]
webhook_routes = Router("/webhooks", route_handlers=_ROUTES, tags=["webhooks"], security=NEEDS_KEY)
