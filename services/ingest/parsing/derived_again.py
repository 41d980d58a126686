"""The structure of a text that was stored before, found anew."""

from __future__ import annotations

from datetime import date

from libs.contracts.documents import day_of
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from libs.contracts.text_preparation import job_text, one_line, prepare
from services.ingest.parsing.cleaning.cleaning import clean
from services.ingest.parsing.markup.plain_form import plain_form
from services.ingest.parsing.plain_requirements import plain_requirements
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure
from services.ingest.structure.title.title import MAX_GIVEN_CHARS, shortened


def derived_again(order: StructureOrder) -> Structure:
    """What would be found in the text if it were submitted now. Blocks for some milliseconds."""
    as_of = date.fromisoformat(day_of({}, order.as_of))
    requirements = plain_requirements(order.requirements).plain
    title = _given_title(order, requirements)
    return find_structure(StoredText(order.kind, order.text, as_of, title, requirements, order.line_styles))


def _given_title(order: StructureOrder, requirements: str | list[str] | None) -> str | None:
    """The title that the job came with: it stands at the beginning of its text, followed by a blank line.

    One in a file was found there, as was that of a job whose text is its other fields alone. Of a text of one
    paragraph that is no more than its title it is all the same.
    """
    if order.kind != "job" or order.title is None:
        return None
    head, blank_line, _ = order.text.partition("\n\n")
    in_parts = order.description is not None or order.requirements is not None
    if blank_line and (not in_parts or order.text == _without_title(order.description, requirements)):
        return None
    return head if shortened(one_line(head), MAX_GIVEN_CHARS) == order.title else None


def _without_title(description: str | None, requirements: str | list[str] | None) -> str:
    """The stored text of a job with no other fields than these, the requirements in their plain form."""
    text, _ = clean(job_text(None, plain_form(description or "").text, requirements))
    return prepare(text)
