"""Whether a text is HTML: told by how its tags stand together, since people write `List<String>` and `<br>` too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from services.ingest.parsing.markup.tags import KNOWN, LINES, OFTEN_UNCLOSED, VOID

# What ends a line of HTML: its tags alone, or the text's own line breaks as well.
LinesBy = Literal["tags", "breaks"]

_WHOLE_PAGE = re.compile(
    r"\s*(?:<!--.{0,1000}?-->\s*|<\?xml[^>]{0,200}>\s*){0,4}<(?:!doctype\s+html|html[\s>])", re.I | re.S
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?=[\s/>])[^<>]{0,4000}>")
_BETWEEN_WORDS = re.compile(r"[\w.,;:)]<br\s?/?>\w", re.I)
_EMPHASIS = frozenset({"b", "strong", "em", "i", "u"})
# A tag that is spoken of stands between such characters.
_BEFORE_MENTION, _AFTER_MENTION = frozenset(" \t`'\"(,/"), frozenset(" \t`'\"),.;/:!?")
_QUOTES = frozenset("`'\"(),")
# So few tags may all be mentions; with so many pairs around this many characters each it is no line of code.
_LOOK_BACK = 40
_FEW_TAGS, _MANY_PAIRS, _PROSE_CHARS = 3, 3, 25
# Lines for each line that holds a tag, above which tags do not make the lines.
_LINES_A_TAG = 4
# A longer text is judged by its beginning.
_JUDGED_CHARS = 262_144


@dataclass(slots=True)
class _Seen:
    """What the tags of a text come to. `inside` counts characters of closed elements; `lines`: with their tags."""

    tags: int = 0
    mentions: int = 0
    pairs: int = 0
    emphases: int = 0
    breaks: int = 0
    line_tags: int = 0
    unclosed: int = 0
    inside: int = 0
    lines: set[int] = field(default_factory=set)


def lines_of_markup(text: str) -> LinesBy | None:
    """What ends the lines of `text` where it is HTML; None where it is not. Linear in `text`.

    HTML shows by more than one sign: it is a whole page, or tags match and carry most of the text, or stand on most
    of its lines. Code in a text, such as a line of HTML in a resume, does not make it HTML.
    """
    if "<" not in text:
        return None
    text = text[:_JUDGED_CHARS]
    if _WHOLE_PAGE.match(text):
        return "tags"
    seen = _seen(text)
    filled = sum(1 for line in text.split("\n") if line.strip())
    if not _is_markup(seen, text, filled):
        return None
    makes_lines = (seen.line_tags or seen.breaks) and len(seen.lines) * _LINES_A_TAG >= filled
    carries = seen.inside * 10 >= len(text) * 9 or len(seen.lines) * 2 >= filled
    return "tags" if makes_lines and carries else "breaks"


def _is_markup(seen: _Seen, text: str, filled: int) -> bool:
    if not seen.tags or (seen.tags <= _FEW_TAGS and seen.mentions == seen.tags):
        return False
    on_most_lines = len(seen.lines) * 2 >= filled
    if not seen.pairs and seen.unclosed < 2:
        if seen.breaks == 1:
            return on_most_lines and _BETWEEN_WORDS.search(text) is not None
        return on_most_lines and seen.breaks > 1
    if on_most_lines or seen.inside * 2 >= len(text):
        return True
    if seen.pairs >= _MANY_PAIRS and seen.inside >= _PROSE_CHARS * seen.pairs:
        return True
    return not seen.line_tags and seen.emphases > 1 and len(seen.lines) > 1


def _seen(text: str) -> _Seen:
    seen = _Seen()
    # By name, where each open element begins: its place, and its line unless the tag is only spoken of.
    opened: dict[str, list[tuple[int, int | None]]] = {}
    covered: list[tuple[int, int]] = []
    place, line = 0, 0
    for match, name, closes in _tags(text):
        line += text.count("\n", place, match.start())
        place = match.start()
        is_mention = _is_mention(text, match, name)
        seen.tags += 1
        seen.mentions += is_mention
        if name == "br":
            seen.breaks += 1
            seen.lines.add(line)
        elif name in VOID:
            continue
        elif not closes:
            seen.line_tags += name in LINES
            opened.setdefault(name, []).append((place, None if is_mention else line))
        elif opened.get(name):
            start, began = opened[name].pop()
            covered.append((start, match.end()))
            seen.pairs += 1
            seen.emphases += name in _EMPHASIS
            seen.lines.update([] if began is None else [began, line])
    left = [element for name in OFTEN_UNCLOSED for element in opened.get(name, ())]
    seen.unclosed = len(left)
    if len(left) > 1:
        covered.append((min(start for start, _ in left), len(text)))
        seen.lines.update(began for _, began in left if began is not None)
    seen.inside = _covered(covered)
    return seen


def _tags(text: str) -> Iterator[tuple[re.Match[str], str, bool]]:
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if name in KNOWN:
            yield match, name, bool(match[1])


def _is_mention(text: str, match: re.Match[str], name: str) -> bool:
    """Whether a tag is spoken of: set off by spaces or quotes within its line. A `<br>` may have spaces around it."""
    start, end = match.span()
    before, after = text[start - 1 : start], text[end : end + 1]
    if name == "br":
        return before in _QUOTES or after in _QUOTES
    if before not in _BEFORE_MENTION or (after and after not in _AFTER_MENTION):
        return False
    said = text[max(0, start - _LOOK_BACK) : start].rpartition("\n")[2].rstrip()
    return said != "" and not said.endswith(">")


def _covered(stretches: list[tuple[int, int]]) -> int:
    total, reached = 0, 0
    for start, end in sorted(stretches):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total
