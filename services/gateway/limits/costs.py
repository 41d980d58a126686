"""What a call costs of its key's quota, by its route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

# An option of a route: the units that a call of it costs; without it ORDINARY.
COST: Final = "cost"
ORDINARY: Final = 1
MOST: Final = 5

RANKS: Final[dict[str, Any]] = {COST: MOST}
"""What a route says of itself that scores or searches, which takes matching longest."""
COSTS_NOTHING: Final[dict[str, Any]] = {COST: 0}
"""What a route says of itself that is for whoever looks after the gateway."""


def cost_of(options: Mapping[str, Any]) -> int:
    """The units that a call costs, by its route's options."""
    cost: int = options.get(COST, ORDINARY)
    return cost
