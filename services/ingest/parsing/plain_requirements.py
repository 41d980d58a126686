"""A job's requirements field without markup, as its stored text ends with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.ingest.parsing.markup.plain_form import listed_items, one_line_of, plain_form


@dataclass(frozen=True, slots=True)
class PlainRequirements:
    """`plain` is a list where each entry is one line; `hidden` are the stretches that their pages did not show."""

    plain: str | list[str] | None
    hidden: list[str] = field(default_factory=list)


def plain_requirements(given: str | list[str] | None) -> PlainRequirements:
    """A requirements field, as given, in its plain form. Other HTML than one list stays a text of many lines.

    Raises RecordRejected (`invalid_content`) for HTML nested too deeply. Blocks.
    """
    if given is None:
        return PlainRequirements(None)
    if isinstance(given, str):
        plain = plain_form(given)
        return PlainRequirements(listed_items(plain) or plain.text, plain.hidden)
    lines: list[str] = []
    hidden: list[str] = []
    for entry in given:
        plain = plain_form(entry)
        items = listed_items(plain) or []
        # Somebody's whole list in one entry.
        lines += items if len(items) > 1 else [one_line_of(plain)]
        hidden += plain.hidden
    return PlainRequirements(lines, hidden)
