"""From a content's bytes to all that is derived from them: the work that a child process does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from libs.contracts.documents import day_of
from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.file_type import FileType, file_type
from libs.contracts.structure import LineStyle
from libs.contracts.text_preparation import GIVEN_FACTOR, given_chars, holds_text, is_blank, prepare
from services.ingest.parsing.cleaning.cleaning import clean
from services.ingest.parsing.content import Content, ParsedDocument, RawText
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure


def parse(content: Content, max_chars: int) -> ParsedDocument:
    """The document in a content. Blocks, and takes what memory and time the content makes it take.

    Raises RecordRejected with a sentence for the document's owner.
    """
    found = file_type(content.data, content.content_type, content.filename)
    raw = _PARSERS[found](content, max_chars)
    # Here and nowhere else: no parser cleans or prepares, and nothing that follows has to.
    cleaned, cleaned_styles = clean(raw.text, raw.styles)
    title, rest = prepare(clean(raw.title)[0] if raw.title else ""), prepare(cleaned)
    text = "\n\n".join(part for part in (title, rest) if part)
    if not holds_text(text):
        raise RecordRejected(ErrorCode.EMPTY, "the document holds no text: nothing but spaces was sent")
    if len(text) > max_chars:
        raise RecordRejected(
            ErrorCode.TOO_LARGE, f"the text has {_count(len(text), found)} characters; {max_chars} are allowed"
        )
    in_fields = given_chars(raw.title, raw.description, raw.requirements)
    if in_fields > GIVEN_FACTOR * max_chars:
        raise RecordRejected(
            ErrorCode.TOO_LARGE, f"the job's fields have {in_fields} characters; {GIVEN_FACTOR * max_chars} are allowed"
        )
    styles = _line_styles(cleaned, cleaned_styles, text)
    as_of = day_of(raw.metadata or {}, content.as_of)
    structure = find_structure(
        StoredText(content.kind, text, date.fromisoformat(as_of), title or None, raw.plain_requirements, styles)
    )
    return ParsedDocument(
        file_type=found,
        text=text,
        as_of=as_of,
        description=raw.description,
        requirements=raw.requirements,
        metadata=raw.metadata,
        standing=raw.standing,
        structure=structure,
        line_styles=styles,
        notes=raw.notes,
    )


def _line_styles(cleaned: str, styles: Sequence[LineStyle | None], text: str) -> list[LineStyle]:
    """One style for each line of the stored text that holds something; none where they do not fit it."""
    lines = zip(cleaned.split("\n"), styles, strict=False)
    found = [style or LineStyle() for line, style in lines if not is_blank(line)]
    return found if len(found) == sum(1 for line in text.split("\n") if line.strip()) else []


def _count(chars: int, found: FileType) -> str:
    # A PDF is not read to its end once it is far too long.
    return f"at least {chars}" if found is FileType.PDF else str(chars)


def _pdf(content: Content, max_chars: int) -> RawText:
    from services.ingest.parsing.parsers.pdf import pdf

    return pdf.parse(content.data, max_chars)


def _docx(content: Content, max_chars: int) -> RawText:
    from services.ingest.parsing.parsers import docx

    return docx.parse(content.data)


def _html(content: Content, max_chars: int) -> RawText:
    from services.ingest.parsing.parsers import html

    return html.parse(content.data, content.content_type)


def _text(content: Content, max_chars: int) -> RawText:
    from services.ingest.parsing.parsers import plain_text

    return plain_text.parse(content.data, content.content_type)


def _json(content: Content, max_chars: int) -> RawText:
    from services.ingest.parsing.parsers import json_body

    return json_body.parse(content.data, content.kind)


_PARSERS: dict[FileType, Callable[[Content, int], RawText]] = {
    FileType.PDF: _pdf,
    FileType.DOCX: _docx,
    FileType.HTML: _html,
    FileType.TEXT: _text,
    FileType.JSON: _json,
}
