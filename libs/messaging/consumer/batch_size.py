"""How much of a batch a member works on and commits together.

When partitions move, every member first finishes what it is working on, and the whole group waits for that.
"""

from __future__ import annotations

# A portion should take at most this long; the group waits longer (REBALANCE_SECONDS), in case one turns out slower.
PORTION_SECONDS = 5.0
# Records in the first portion, before anything is known of their speed: members then join one after another, and
# partitions move most.
FIRST = 2


class PortionSize:
    """At most `most` records, and no more than would take `seconds` at the speed of the last; one at least."""

    def __init__(self, most: int, *, first: int = FIRST, seconds: float = PORTION_SECONDS) -> None:
        self._most = most
        self._seconds = seconds
        self._first = min(first, most)
        self._seconds_each: float | None = None

    @property
    def records(self) -> int:
        """How many records the next portion may hold."""
        if self._seconds_each is None:
            return self._first
        if self._seconds_each * self._most <= self._seconds:
            return self._most
        return max(1, int(self._seconds / self._seconds_each))

    def took(self, records: int, seconds: float) -> None:
        """Tells how long a portion took. A slower one counts at once, a faster one by half: records differ in size."""
        each = seconds / records
        known = self._seconds_each
        self._seconds_each = each if known is None else max(each, (known + each) / 2)
