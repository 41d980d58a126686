"""The bodies of requests and answers about webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from services.gateway.webhooks.messages import ENDS, TYPES

State = Literal["active", "paused"]
Types = Annotated[
    list[str], msgspec.Meta(description=f"of {', '.join(TYPES)}; where none are named: {', '.join(ENDS)}")
]
Url = Annotated[str, msgspec.Meta(description="begins with https://, and leads to a public address")]
Moment = Annotated[str, msgspec.Meta(description="RFC 3339")]


class WebhookOrder(msgspec.Struct, omit_defaults=True):
    """A webhook to be made."""

    url: Url
    types: Types | None = None
    description: str = ""


class WebhookChange(msgspec.Struct, omit_defaults=True):
    """What is to be changed of a webhook; what is not named stays. `active` resumes one that is paused."""

    url: Url | UnsetType = UNSET
    types: Types | UnsetType = UNSET
    description: str | UnsetType = UNSET
    state: State | UnsetType = UNSET


class ReplayOrder(msgspec.Struct, omit_defaults=True):
    """What is to be sent again: what happened from `since` on, and before `until`."""

    since: Moment
    until: Moment | None = None


class LastDelivery(msgspec.Struct):
    """The last attempt to deliver something. `status` is that of the answer, null where none came."""

    at: str
    id: Annotated[str, msgspec.Meta(description="the message's `webhook-id`")]
    type: str
    status: int | None


class WebhookView(msgspec.Struct):
    """A webhook without its secret. `pending` and `failed` are deliveries on their way and given up, each counted to
    10,000; `consecutive_failures` are failed attempts since the last one that succeeded."""

    id: str
    url: str
    types: list[str]
    description: str
    state: State
    paused_at: str | None
    paused_for: Annotated[str | None, msgspec.Meta(description="why it is paused, a sentence")]
    created_at: str
    pending: int
    failed: int
    consecutive_failures: int
    failing_since: str | None
    last_delivery: LastDelivery | None
    last_error: str | None
    last_error_at: str | None
    old_secret_until: Annotated[
        str | None, msgspec.Meta(description="until when the secret before the last rotation signs as well")
    ]


class WebhookWithSecret(WebhookView, kw_only=True):
    """A webhook with its new secret: the only time that it is shown."""

    secret: Annotated[str, msgspec.Meta(description="`whsec_` and base64")]


class WebhookViews(msgspec.Struct):
    """Webhooks, the oldest first."""

    items: list[WebhookView]


class Replayed(msgspec.Struct):
    """How many events are sent again. Where there are more, `next_since` is from when on: ask again from there."""

    events: int
    next_since: str | None


class TrialAnswer(msgspec.Struct):
    """What came of a test event. `body` is the beginning of the answer, as text."""

    id: Annotated[str, msgspec.Meta(description="the message's `webhook-id`")]
    delivered: bool
    status: int | None
    error: Annotated[str | None, msgspec.Meta(description="why it was not delivered, a sentence")]
    seconds: float
    body: str


class DeliveryView(msgspec.Struct):
    """One event on its way to a webhook. `next_attempt_at` is null at its end, `ended_at` before; `body` is what is
    sent."""

    id: Annotated[str, msgspec.Meta(description="the message's `webhook-id`")]
    type: str
    at: Annotated[str, msgspec.Meta(description="when it happened")]
    state: Literal["pending", "delivered", "failed"]
    attempts: int
    created_at: str
    next_attempt_at: str | None
    ended_at: str | None
    last_status: int | None
    last_error: str | None
    body: Annotated[Any, msgspec.Meta(extra_json_schema={"type": "object"})]


class DeliveryViews(msgspec.Struct):
    """Deliveries, the newest first."""

    items: list[DeliveryView]
