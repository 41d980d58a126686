"""Which texts go through the model together: pure functions of their lengths."""

from __future__ import annotations

from collections.abc import Sequence

# A text joins a batch only while so little of what is computed is padding.
MOST_PADDING = 0.05


def around(lengths: Sequence[int], anchor: int, budget: int, most_padding: float = MOST_PADDING) -> range:
    """The batch around one text: its neighbours in length, nearest first, as indices without a gap.

    `lengths` in tokens, ascending. Longest x count is at most `budget` (tokens, padding included) and padding at
    most `most_padding` of it; a text longer than the budget is a batch of its own.
    """
    low = high = anchor
    content = lengths[anchor]

    def joins(index: int, longest: int) -> bool:
        if not 0 <= index < len(lengths):
            return False
        computed = longest * (high - low + 2)
        return computed <= budget and computed - content - lengths[index] <= most_padding * computed

    while True:
        below, above = joins(low - 1, lengths[high]), high + 1 < len(lengths) and joins(high + 1, lengths[high + 1])
        if above and (not below or lengths[high + 1] - lengths[high] <= lengths[low] - lengths[low - 1]):
            high += 1
            content += lengths[high]
        elif below:
            low -= 1
            content += lengths[low]
        else:
            return range(low, high + 1)


def plan_batches(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Indices of texts in batches, where all are known beforehand: longest first, as `around` puts them together.

    Every index is in exactly one batch.
    """
    order = sorted(range(len(lengths)), key=lambda index: lengths[index])
    batches: list[list[int]] = []
    while order:
        batch = around([lengths[index] for index in order], len(order) - 1, budget)
        batches.append([order[position] for position in batch])
        del order[batch.start : batch.stop]
    return batches
