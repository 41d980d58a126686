"""Which texts go through the model together: a pure function of their lengths."""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of texts in batches: like lengths together, longest x count of a batch at most `budget`.

    `lengths` in tokens; `budget` in tokens, padding included. A text longer than the budget is a batch
    of its own. Every index is in exactly one batch.
    """
    batches: list[list[int]] = []
    current: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        # Sorted upwards, so the newest text is the longest of its batch.
        if current and lengths[index] * (len(current) + 1) > budget:
            batches.append(current)
            current = []
        current.append(index)
    if current:
        batches.append(current)
    return batches
