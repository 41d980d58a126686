"""What a service says of itself at /health/live and /health/ready."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

PartStatus = Literal["ok", "degraded", "waiting", "hung"]


class PartState(msgspec.Struct, frozen=True):
    """One part's state. `reason` says what is missing; `since` is RFC 3339."""

    status: Annotated[
        PartStatus, Meta(description="How it is: `waiting` until it is there, `hung` where only a restart helps")
    ]
    reason: Annotated[str | None, Meta(description="What is missing, a sentence; null where nothing is")]
    since: Annotated[str, Meta(description="Since when it is so, RFC 3339")]


class Ready(msgspec.Struct, frozen=True):
    """Whether the service can do at least part of its work, and the state of every part that it needs."""

    service: Annotated[str, Meta(description="Which service answers")]
    status: Annotated[
        Literal["ready", "waiting"], Meta(description="`ready` where at least part of the work can be done")
    ]
    parts: Annotated[dict[str, PartState], Meta(description="Every part that it needs, by name")]


class Live(msgspec.Struct, frozen=True):
    """Whether the process answers. `parts` stands where one of them is hung and only a restart helps."""

    service: Annotated[str, Meta(description="Which service answers")]
    status: Annotated[Literal["live", "hung"], Meta(description="`hung` where only a restart helps")]
    parts: Annotated[
        dict[str, PartState] | UnsetType, Meta(description="The parts that are hung, by name; absent where none is")
    ] = UNSET
