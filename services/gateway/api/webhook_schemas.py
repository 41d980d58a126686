"""The bodies of requests and answers about webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from services.gateway.webhooks.messages import ENDS, TYPES

State = Literal["active", "paused"]
_TYPES = Meta(
    description=f"The types of events that it is told of: of {', '.join(TYPES)}; where none are named, "
    f"{', '.join(ENDS)}"
)
Url = Annotated[str, msgspec.Meta(description="Begins with https://, and leads to a public address")]
Moment = Annotated[str, msgspec.Meta(description="RFC 3339")]


class WebhookOrder(msgspec.Struct, omit_defaults=True):
    """A webhook to be made."""

    url: Url
    types: Annotated[list[str] | None, _TYPES] = None
    description: Annotated[str, Meta(description="What it is for: for people")] = ""


class WebhookChange(msgspec.Struct, omit_defaults=True):
    """What is to be changed of a webhook; what is not named stays. `active` resumes one that is paused."""

    url: Url | UnsetType = UNSET
    types: Annotated[list[str], _TYPES] | UnsetType = UNSET
    description: Annotated[str | UnsetType, Meta(description="What it is for: for people")] = UNSET
    state: Annotated[State | UnsetType, Meta(description="`paused` sends nothing, `active` resumes")] = UNSET


class ReplayOrder(msgspec.Struct, omit_defaults=True):
    """What is to be sent again: what happened from `since` on, and before `until`."""

    since: Annotated[Moment, Meta(description="From when on, RFC 3339")]
    until: Annotated[
        Moment | None, Meta(description="Until when, RFC 3339, itself left out; without it, until now")
    ] = None


class LastDelivery(msgspec.Struct):
    """The last attempt to deliver something. `status` is that of the answer, null where none came."""

    at: Annotated[str, Meta(description="When it was, RFC 3339")]
    id: Annotated[str, msgspec.Meta(description="The message's `webhook-id`")]
    type: Annotated[str, Meta(description="The type of the event")]
    status: Annotated[int | None, Meta(description="The status of the answer; null where none came")]


class WebhookView(msgspec.Struct):
    """A webhook without its secret. `pending` and `failed` are deliveries on their way and given up, each counted to
    10,000; `consecutive_failures` are failed attempts since the last one that succeeded."""

    id: Annotated[str, Meta(description="The webhook's id")]
    url: Annotated[str, Meta(description="Where its messages go")]
    types: Annotated[list[str], Meta(description="The types of events that it is told of")]
    description: Annotated[str, Meta(description="What it is for, as whoever made it wrote")]
    state: Annotated[State, Meta(description="`paused`: nothing is sent")]
    paused_at: Annotated[str | None, Meta(description="Since when it is paused, RFC 3339; null while it is active")]
    paused_for: Annotated[str | None, msgspec.Meta(description="Why it is paused, a sentence; null while it is active")]
    created_at: Annotated[str, Meta(description="When it was made, RFC 3339")]
    pending: Annotated[int, Meta(description="How many deliveries are on their way, counted to 10,000")]
    failed: Annotated[int, Meta(description="How many were given up, counted to 10,000")]
    consecutive_failures: Annotated[int, Meta(description="How many attempts failed since the last one that succeeded")]
    failing_since: Annotated[
        str | None, Meta(description="Since when all attempts fail, RFC 3339; null where the last one succeeded")
    ]
    last_delivery: Annotated[LastDelivery | None, Meta(description="The last attempt; null before the first")]
    last_error: Annotated[
        str | None, Meta(description="Why the last failed attempt did, a sentence; null where none failed")
    ]
    last_error_at: Annotated[str | None, Meta(description="When that was, RFC 3339")]
    old_secret_until: Annotated[
        str | None,
        msgspec.Meta(
            description="Until when the secret before the last rotation signs as well, RFC 3339; null where none does"
        ),
    ]


class WebhookWithSecret(WebhookView, kw_only=True):
    """A webhook with its new secret: the only time that it is shown."""

    secret: Annotated[str, msgspec.Meta(description="`whsec_` and base64")]


class WebhookViews(msgspec.Struct):
    """Webhooks, the oldest first."""

    items: Annotated[list[WebhookView], Meta(description="The webhooks, the oldest first")]


class Replayed(msgspec.Struct):
    """How many events are sent again. Where there are more, `next_since` is from when on: ask again from there."""

    events: Annotated[int, Meta(description="How many events are sent again")]
    next_since: Annotated[
        str | None,
        Meta(description="From when on to ask again, RFC 3339, where there are more; null where these were all"),
    ]


class TrialAnswer(msgspec.Struct):
    """What came of a test event. `body` is the beginning of the answer, as text."""

    id: Annotated[str, msgspec.Meta(description="The message's `webhook-id`")]
    delivered: Annotated[bool, Meta(description="Whether it was answered as delivered: with a status of 2xx")]
    status: Annotated[int | None, Meta(description="The status of the answer; null where none came")]
    error: Annotated[str | None, msgspec.Meta(description="Why it was not delivered, a sentence; null where it was")]
    seconds: Annotated[float, Meta(description="How long it took")]
    body: Annotated[str, Meta(description="The beginning of the answer, as text")]


class DeliveryView(msgspec.Struct):
    """One event on its way to a webhook. `next_attempt_at` is null at its end, `ended_at` before; `body` is what is
    sent."""

    id: Annotated[str, msgspec.Meta(description="The message's `webhook-id`")]
    type: Annotated[str, Meta(description="The type of the event")]
    at: Annotated[str, msgspec.Meta(description="When it happened, RFC 3339")]
    state: Annotated[
        Literal["pending", "delivered", "failed"], Meta(description="Where it stands; `failed` is given up")
    ]
    attempts: Annotated[int, Meta(description="How many times it was tried")]
    created_at: Annotated[str, Meta(description="When it was put on its way, RFC 3339")]
    next_attempt_at: Annotated[str | None, Meta(description="When it is tried next, RFC 3339; null once it has ended")]
    ended_at: Annotated[str | None, Meta(description="When it was delivered or given up, RFC 3339; null before")]
    last_status: Annotated[int | None, Meta(description="The status of the last answer; null where none came")]
    last_error: Annotated[
        str | None, Meta(description="Why the last attempt failed, a sentence; null where it did not")
    ]
    body: Annotated[Any, Meta(description="What is sent", extra_json_schema={"type": "object"})]


class DeliveryViews(msgspec.Struct):
    """Deliveries, the newest first."""

    items: Annotated[list[DeliveryView], Meta(description="The deliveries, the newest first")]
