"""Characters for private use out, which icon fonts draw, and characters that nobody sees.

The bullets of the Symbol and Wingdings fonts, which word processors write so, stay as bullets. So do ligatures of old
fonts inside a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.parsing.cleaning.lines import StyledLine

_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_ICONS = re.compile(f"[{_PRIVATE}]+")
_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
_SOFT_HYPHEN = "\u00ad"
# Adobe Symbol and Microsoft Wingdings: dot, square, arrow head, tick, diamonds, circle, squares, arrow.
_BULLET = re.compile("[\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf06c\uf06e\uf071\uf0a8\uf0e8](?=[ \t\u00a0])")
# Microsoft's list of glyphs (WGL4).
_LIGATURES = {"\uf001": "fi", "\uf002": "fl"}
_LIGATURE = re.compile("(?<=[^\\W\\d_])[\uf001\uf002](?=[a-z])|(?<![^\\W\\d_])[\uf001\uf002](?=[a-z]{3})")
_ADDRESS = re.compile(r"\S{0,64}?[@/]|www\.|\d|\+")


def without_icons(lines: Sequence[StyledLine]) -> list[StyledLine]:
    """The lines without such characters; a line of nothing else is gone."""
    return [clean for line in lines if (clean := _without(line)) is not None]


def _without(line: StyledLine) -> StyledLine | None:
    if line.text.isascii():
        return line
    text = _UNSEEN.sub("", line.text)
    # At a line's end it tells that a word was cut there.
    if _SOFT_HYPHEN in text:
        end = _SOFT_HYPHEN if text.rstrip().endswith(_SOFT_HYPHEN) else ""
        text = text.replace(_SOFT_HYPHEN, "").rstrip() + end
    if _ICONS.search(text):
        text = _LIGATURE.sub(lambda match: _LIGATURES[match[0]], text)
        text = _ICONS.sub(_instead, _BULLET.sub(" • ", text))
    if text == line.text:
        return line
    return StyledLine(text, line.style) if text.strip() or not line.text.strip() else None


def _instead(match: re.Match[str]) -> str:
    """Nothing beside a space and inside a word; a space between two words, so that they stay two."""
    text, before, after = match.string, match.start() - 1, match.end()
    if before < 0 or after >= len(text) or text[before].isspace() or text[after].isspace():
        return ""
    inside_word = text[before].islower() and text[after].islower() and not _ADDRESS.match(text, after, after + 80)
    return "" if inside_word else " "
