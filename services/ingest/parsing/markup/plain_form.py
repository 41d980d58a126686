"""The plain form of a text that may be HTML, escaped once or more, as systems for applicants export it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from services.ingest.parsing.markup import entities
from services.ingest.parsing.markup.detection import LinesBy, lines_of_markup
from services.ingest.parsing.markup.lines import BULLET
from services.ingest.parsing.markup.rendering import render
from services.ingest.parsing.markup.tags import KNOWN

_ESCAPED_TAG = re.compile(r"&(?:amp;){0,2}(?:lt|#0*60|#x0*3c);\s?/?([a-z][a-z0-9]{0,15})", re.I)
# A page within a page within a page; each may be escaped so often.
_ROUNDS = 3
_ESCAPED_TIMES = 3


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text without markup; `hidden` are the stretches that its page did not show."""

    text: str
    hidden: list[str] = field(default_factory=list)
    was_markup: bool = False


def plain_form(text: str) -> PlainText:
    """`text` as people read it: HTML becomes lines, a text that is none stays as it is.

    Character references are decoded in HTML, once more where they were escaped twice, and in a text in which every
    ampersand begins one. Raises RecordRejected (`invalid_content`) for HTML nested too deeply. Blocks.
    """
    hidden: list[str] = []
    was_markup = False
    for _ in range(_ROUNDS):
        found = _markup(text)
        if found is None:
            break
        rendered = render(*found)
        hidden += rendered.hidden
        text, was_markup = rendered.text, True
    if was_markup or entities.is_escaped_throughout(text):
        text = entities.decoded(text)
    return PlainText(text, hidden, was_markup)


def page_text(markup: str) -> PlainText:
    """The plain form of what is HTML for sure; its own line breaks count where it has no tag that makes lines."""
    found = lines_of_markup(markup)
    if found is None:
        return plain_form(markup)
    rendered = render(markup, found)
    inner = plain_form(rendered.text)
    return PlainText(inner.text, rendered.hidden + inner.hidden, was_markup=True)


def plain_line(text: str) -> PlainText:
    """A title or the like: its plain form in one line, character references decoded wherever they stand."""
    plain = plain_form(text)
    return PlainText(one_line_of(plain), plain.hidden, plain.was_markup)


def one_line_of(plain: PlainText) -> str:
    """A text that was markup in one line; of any other the character references are decoded wherever they stand."""
    if not plain.was_markup:
        return entities.decoded(plain.text)
    return " ".join(line.removeprefix(BULLET) for line in plain.text.split("\n") if line)


def listed_items(plain: PlainText) -> list[str] | None:
    """The items of a text that was one HTML list and nothing else; None for any other text."""
    lines = [line for line in plain.text.split("\n") if line]
    if not plain.was_markup or not lines or not all(line.startswith(BULLET) for line in lines):
        return None
    return [line.removeprefix(BULLET) for line in lines]


def _markup(text: str) -> tuple[str, LinesBy] | None:
    """The HTML that `text` is, unescaped as often as it takes, and what ends its lines."""
    for _ in range(_ESCAPED_TIMES):
        if (found := lines_of_markup(text)) is not None:
            return text, found
        if not any(match[1].lower() in KNOWN for match in _ESCAPED_TAG.finditer(text)):
            return None
        text = entities.decoded(text)
    found = lines_of_markup(text)
    return None if found is None else (text, found)
