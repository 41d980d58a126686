"""How many records a member works on together: no more than it ends while its group would wait for it."""

from __future__ import annotations

# Of the time a group waits for a member that still works, with room for one that turns out slower.
PART_SECONDS = 5.0
# Nothing is known at first, when members join one after another and partitions move most.
FIRST = 2


class PartSize:
    """At most `most` records, and as many as lately took PART_SECONDS; one at least."""

    def __init__(self, most: int, *, first: int = FIRST) -> None:
        self._most = most
        self._first = min(first, most)
        self._seconds_each: float | None = None

    @property
    def records(self) -> int:
        if self._seconds_each is None:
            return self._first
        if self._seconds_each * self._most <= PART_SECONDS:
            return self._most
        return max(1, int(PART_SECONDS / self._seconds_each))

    def took(self, records: int, seconds: float) -> None:
        """What a part took. A slower one counts at once, a faster one by half: records differ in size."""
        each = seconds / records
        held = self._seconds_each
        self._seconds_each = each if held is None else max(each, (held + each) / 2)
