"""What a service says of itself at /health/live and /health/ready."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

PartStatus = Literal["ok", "degraded", "waiting", "hung"]


class PartState(msgspec.Struct, frozen=True):
    """One part's state. `reason` says what is missing; `since` is RFC 3339."""

    status: PartStatus
    reason: str | None
    since: str


class Ready(msgspec.Struct, frozen=True):
    """Whether the service can do at least part of its work, and the state of every part that it needs."""

    service: str
    status: Literal["ready", "waiting"]
    parts: dict[str, PartState]


class Live(msgspec.Struct, frozen=True):
    """Whether the process answers. `parts` stands where one of them is hung and only a restart helps."""

    service: str
    status: Literal["live", "hung"]
    parts: dict[str, PartState] | UnsetType = UNSET
