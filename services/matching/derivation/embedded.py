"""What a text's vectors depend on."""

from __future__ import annotations

from libs.contracts.events import TextEvent
from libs.contracts.text_preparation import holds_text


def is_embedded_alike(before: TextEvent, after: TextEvent) -> bool:
    """Whether two structures of one text leave the same of it to be embedded, cut at the same requirements.

    Other headings cut it differently too, but vectors of stretches that end elsewhere are as true as before.
    """
    return hidden(before) == hidden(after) and _requirements(before) == _requirements(after)


def hidden(event: TextEvent) -> list[tuple[int, int]]:
    """The stretches that are not embedded, in order, those that touch joined."""
    joined: list[tuple[int, int]] = []
    for span in sorted(event.hidden_spans, key=lambda span: span.start):
        start, end = max(span.start, 0), min(span.end, len(event.text))
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(joined.pop()[1], end)
        joined.append((start, end))
    return joined


def is_anything_embedded(event: TextEvent) -> bool:
    """Whether anything is left of a text without what is hidden."""
    at, rest = 0, []
    for start, end in hidden(event):
        rest.append(event.text[at:start])
        at = end
    return holds_text("".join([*rest, event.text[at:]]))


def _requirements(event: TextEvent) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in event.requirements_found]
