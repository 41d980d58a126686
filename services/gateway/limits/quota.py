"""A token bucket as arithmetic: how many units may be taken, how fast they come back, and what came of asking.

All that is kept of a bucket is when it will be full again; its units follow from that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

# Sums of floating point numbers are never as exact as this: units are not refused for less.
_TOLERANCE_SECONDS = 1e-6


@dataclass(frozen=True, slots=True)
class Quota:
    """`burst` units at once at most, of which `per_second` come back each second."""

    per_second: float
    burst: int

    @property
    def capacity_seconds(self) -> float:
        """Seconds in which an empty bucket fills."""
        return self.burst / self.per_second

    def seconds_of(self, units: int) -> float:
        """Seconds in which so many units come back."""
        return units / self.per_second


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of asking for units.

    `left` are the whole units in the bucket now, `full_in` the seconds until it is full, `wait` the seconds until as
    much as was asked for would be granted: 0 where it was.
    """

    is_granted: bool
    left: int
    full_in: float
    wait: float


def take(quota: Quota, full_in: float, cost: int) -> Taken:
    """Asks a bucket, which would be full in so many seconds, for `cost` units."""
    full_in = min(max(full_in, 0.0), quota.capacity_seconds)
    after = full_in + quota.seconds_of(cost)
    is_granted = after <= quota.capacity_seconds + _TOLERANCE_SECONDS
    return told(quota, after if is_granted else full_in, cost, is_granted=is_granted)


def told(quota: Quota, full_in: float, cost: int, *, is_granted: bool) -> Taken:
    """What came of asking, by when the bucket is full again after that."""
    left = math.floor((quota.capacity_seconds - full_in + _TOLERANCE_SECONDS) * quota.per_second)
    wait = 0.0 if is_granted else full_in + quota.seconds_of(cost) - quota.capacity_seconds
    return Taken(is_granted, max(left, 0), full_in, max(wait, 0.0))
