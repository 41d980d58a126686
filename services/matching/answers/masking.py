"""Texts without what tells who a person is, for those who are to judge without knowing it.

Offsets stay what they are: each character of an identity span is replaced by one, white space stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from libs.contracts.inner.documents import Document, DocumentSummary
from libs.contracts.structure import IdentitySpan

MASK = "\u2588"
# Of a name each word is masked where it stands by itself, but not what any text holds, as an initial.
_SHORTEST_WORD = 3
_VISIBLE = re.compile(r"\S")
_WORDS = re.compile(rf"\w{{{_SHORTEST_WORD},}}")

# An SQL expression of what stands in the identity spans of documents `d`, so that no text has to be fetched for it.
HIDDEN_WORDS = """ARRAY(
    SELECT substr(d.text, (span ->> 'start')::int + 1, (span ->> 'end')::int - (span ->> 'start')::int)
    FROM jsonb_array_elements(coalesce(d.identity_spans, '[]'::jsonb)) AS span
) AS hidden_words"""


def masked_text(text: str, spans: Iterable[IdentitySpan]) -> str:
    """A stored text with its identity spans masked, of the same length."""
    pieces: list[str] = []
    done = 0
    for span in sorted(spans, key=lambda each: each.start):
        start, end = max(span.start, done), min(span.end, len(text))
        if start < end:
            pieces += [text[done:start], _VISIBLE.sub(MASK, text[start:end])]
            done = end
    return "".join([*pieces, text[done:]])


def hidden_words(text: str, spans: Iterable[IdentitySpan]) -> list[str]:
    """What stands in the identity spans of a text."""
    return [text[span.start : span.end] for span in spans]


def masked_words(shown: str | None, hidden: Sequence[str]) -> str | None:
    """A short text without offsets, as a title, in which what is hidden is masked wherever it stands, in any case."""
    if not shown or not hidden:
        return shown
    wanted = {each.strip() for each in hidden} | {word for each in hidden for word in _WORDS.findall(each)}
    longest_first = sorted((re.escape(each) for each in wanted if len(each) >= _SHORTEST_WORD), key=len, reverse=True)
    if not longest_first:
        return shown
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: _VISIBLE.sub(MASK, found[0]), shown)


def masked_summary(fields: dict[str, Any], hidden: Sequence[str]) -> dict[str, Any]:
    """The fields of a document in a list, with what is hidden masked in its title and in a job's own fields."""
    masked = {**fields, "title": masked_words(fields["title"], hidden)}
    if "description" in fields:
        masked["description"] = masked_words(fields["description"], hidden)
        masked["requirements"] = _masked_requirements(fields["requirements"], hidden)
    return masked


def masked_document(document: Document) -> Document:
    """A document without who the person is: its text and all that repeats a part of it masked, no identity spans.

    Metadata are their sender's own, and stay.
    """
    spans = document.identity_spans
    if document.text is None or not spans:
        return document
    hidden = hidden_words(document.text, spans)
    changed: dict[str, Any] = {"text": masked_text(document.text, spans), "identity_spans": []}
    for name in ("title", "sections", "entries", "requirements_found", "description", "requirements"):
        if hasattr(document, name):
            changed[name] = _masked(getattr(document, name), hidden)
    return msgspec.structs.replace(document, **changed)


def _masked(value: Any, hidden: Sequence[str]) -> Any:
    """Whatever it is, with what is hidden masked in every text of it."""
    if isinstance(value, str):
        return masked_words(value, hidden)
    if isinstance(value, list):
        return [_masked(each, hidden) for each in value]
    if isinstance(value, msgspec.Struct) and not isinstance(value, DocumentSummary):
        fields = {name: _masked(getattr(value, name), hidden) for name in value.__struct_fields__}
        return type(value)(**fields)
    return value


def _masked_requirements(given: str | list[str] | None, hidden: Sequence[str]) -> str | list[str | None] | None:
    return [masked_words(each, hidden) for each in given] if isinstance(given, list) else masked_words(given, hidden)
