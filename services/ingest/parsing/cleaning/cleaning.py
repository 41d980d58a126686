"""A text's lines, with their styles, as a person would write them down who sees the page.

Icons are gone, words whose letters stand apart are words, and so are those that were cut at a line's end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from libs.contracts.structure import LineStyle
from services.ingest.parsing.cleaning import hyphens, icons, spaced_letters
from services.ingest.parsing.cleaning.lines import StyledLine

# As text preparation does: other systems' line breaks are line breaks.
_LINE_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_OTHER_BREAK = re.compile("[\r\v\f\x85\u2028\u2029]")


def load() -> None:
    """Reads the word lists, so that no document waits for them."""
    hyphens.load()
    spaced_letters.load()


def clean(text: str, styles: Sequence[LineStyle | None] = ()) -> tuple[str, list[LineStyle | None]]:
    """The text cleaned, and its lines' styles: one for each line, or none where `styles` did not fit `text`."""
    text, styles = _with_plain_breaks(text, styles)
    lines = text.split("\n")
    fits = len(styles) == len(lines)
    styled = [StyledLine(line, styles[n] if fits else None) for n, line in enumerate(lines)]
    for step in (icons.without_icons, spaced_letters.with_words_joined, hyphens.with_words_joined):
        styled = step(styled) or [StyledLine("")]
    return "\n".join(line.text for line in styled), [line.style for line in styled] if fits else []


def _with_plain_breaks(text: str, styles: Sequence[LineStyle | None]) -> tuple[str, Sequence[LineStyle | None]]:
    if not _OTHER_BREAK.search(text):
        return text, styles
    plain = [_LINE_BREAKS.sub("\n", line) for line in text.replace("\r\n", "\n").split("\n")]
    if len(styles) == len(plain):
        styles = [style for line, style in zip(plain, styles, strict=True) for _ in range(line.count("\n") + 1)]
    return "\n".join(plain), styles
