"""Buckets in this gateway's own memory: each gateway counts for itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from services.gateway.limits.quota import Quota, Taken, take

# A bucket that is forgotten is full again: with so many keys at work at once, limits are the least of it.
MOST_KEYS = 10_000


class OwnBuckets:
    """A bucket for each key. Bounded: those that were asked longest ago are forgotten first."""

    def __init__(self, quota: Quota, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._quota = quota
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, cost: int) -> Taken:
        """Asks the key's bucket for units."""
        now = self._clock()
        taken = take(self._quota, self._full_at.get(key, now) - now, cost)
        self._full_at[key] = now + taken.full_in
        self._full_at.move_to_end(key)
        while len(self._full_at) > MOST_KEYS:
            self._full_at.popitem(last=False)
        return taken
