"""The structure of a text that was stored before, found anew."""

from __future__ import annotations

from datetime import date

from libs.contracts.documents import day_of
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from libs.contracts.text_preparation import job_text, one_line, prepare
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure
from services.ingest.structure.title.title import MAX_GIVEN_CHARS, shortened


def derived_again(order: StructureOrder) -> Structure:
    """What would be found in the text if it were submitted now. Blocks for some milliseconds."""
    as_of = date.fromisoformat(day_of({}, order.as_of))
    title = _given_title(order)
    return find_structure(StoredText(order.kind, order.text, as_of, title, order.requirements, order.line_styles))


def _given_title(order: StructureOrder) -> str | None:
    """The title that the job came with: it stands at the beginning of its text, followed by a blank line.

    One in a file was found there, as was that of a job whose text is its other fields alone. Of a text of one
    paragraph that is no more than its title it is all the same.
    """
    if order.kind != "job" or order.title is None:
        return None
    head, blank_line, _ = order.text.partition("\n\n")
    in_parts = order.description is not None or order.requirements is not None
    if blank_line and (not in_parts or order.text == prepare(job_text(None, order.description, order.requirements))):
        return None
    return head if shortened(one_line(head), MAX_GIVEN_CHARS) == order.title else None
