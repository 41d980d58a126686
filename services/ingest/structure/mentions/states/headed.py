"""Lists with a cue in their heading: "Not required:", "Currently learning:"."""

from __future__ import annotations

from services.ingest.structure.mentions.candidates import Sections
from services.ingest.structure.mentions.tokens import Tokens

_MAX_HEADING = 60
_MAX_LINES = 20
_BULLETS = "•·●▪■◦‣*-–—>○❖✓➢"


def headed_until(tokens: Tokens, first: int, last: int, sections: Sections, most_behind: int) -> int | None:
    """Where the list ends that a cue (words `first` to before `last`) heads, as the number of the word behind it.

    None where the cue's line heads nothing: where it does not end in a colon, nor is the heading of a section, or says
    more than `most_behind` words behind the cue.
    """
    text = tokens.text
    start, end = tokens.starts[first], tokens.ends[last - 1]
    line_start = max(text.rfind("\n", max(0, start - _MAX_HEADING), start) + 1, start - _MAX_HEADING, 0)
    line_end = text.find("\n", end, end + _MAX_HEADING)
    if line_end < 0 or line_end - line_start > _MAX_HEADING:
        return None
    if _word_at(tokens, line_end, last) - last > most_behind:
        return None
    line = text[line_start:line_end].strip()
    section = sections.at(start)
    if section is not None and line_start <= section.start <= start:
        return _word_at(tokens, section.end, last)
    if not line.endswith((":", "：")):
        return None
    ends = [_list_end(text, line_end + 1)] + ([] if section is None else [section.end])
    return _word_at(tokens, min(ends), last)


def _list_end(text: str, start: int) -> int:
    """Where the lines end that belong together from `start` on: before a blank one, or the first without a bullet."""
    at, bulleted = start, text[start : start + 1] in _BULLETS and start < len(text)
    for _ in range(_MAX_LINES):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end].strip()
        if not line or (bulleted and line[0] not in _BULLETS) or line.endswith((":", "：")):
            break
        at = end + 1
        if at > len(text) or (not bulleted and line.endswith(".")):
            break
    return min(at, len(text))


def _word_at(tokens: Tokens, offset: int, least: int) -> int:
    at = least
    while at < len(tokens.words) and tokens.starts[at] < offset:
        at += 1
    return at
