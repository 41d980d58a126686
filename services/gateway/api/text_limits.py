"""Whether a document holds text, and not more than is taken: counted as ingest counts it, in the stored form."""

from __future__ import annotations

import re

from libs.contracts.text_preparation import GIVEN_FACTOR, given_chars, holds_text, job_text, prepare
from services.gateway.problems import Problem

# NFC makes a text three times as long at most.
_GROWTH = 3
# HTML is longer than its text: ingest, which reads it, decides on such a one.
_MAY_BE_MARKUP = re.compile(r"<[a-z/!]|&(?:amp;)*(?:lt|#0*60|#x0*3c);", re.IGNORECASE)
# To put marks on one letter in order takes the square of their number. No language has so many: ingest, whose
# parsers run within bounds, decides on such a text.
_MANY_MARKS = re.compile(r"[^\w\s\x00-\u02ff]{100}")


def check_text(text: str, max_chars: int) -> None:
    """Of a resume, or of a file of plain text. Raises Problem (`empty`, `too_large`).

    Blocks, up to a second for the longest body.
    """
    _check(text, max_chars)


def check_job(title: str | None, description: str | None, requirements: str | list[str] | None, max_chars: int) -> None:
    """Raises Problem (`empty`, `too_large`). Blocks, up to a second for the longest body."""
    given = given_chars(title, description, requirements)
    if given > GIVEN_FACTOR * max_chars:
        raise Problem(
            "too_large", f"the job's fields have {given:,} characters; {GIVEN_FACTOR * max_chars:,} are allowed"
        )
    _check(job_text(title, description, requirements), max_chars)


def _check(text: str, max_chars: int) -> None:
    if not holds_text(text):
        raise Problem("empty", "the document holds no text: nothing but spaces was sent")
    if len(text) * _GROWTH <= max_chars or _MANY_MARKS.search(text):
        return
    length = len(prepare(text))
    if length > max_chars and not _MAY_BE_MARKUP.search(text):
        raise Problem("too_large", f"the text has {length:,} characters; {max_chars:,} are allowed")
