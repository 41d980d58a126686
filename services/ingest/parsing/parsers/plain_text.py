"""Plain text: in whichever encoding, and HTML where that is what the text holds."""

from __future__ import annotations

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.file_type import SUPPORTED
from services.ingest.parsing.content import RawText
from services.ingest.parsing.decoding.decoding import decoded
from services.ingest.parsing.hidden_text import hidden_text_notes
from services.ingest.parsing.markup.plain_form import plain_form


def parse(data: bytes, content_type: str = "") -> RawText:
    """The text, by its byte order mark, the charset its sender names, UTF-8, else by its letters.

    Raises RecordRejected: `unsupported_type` for bytes that are no text, `invalid_content` for HTML nested too deeply.
    """
    found = decoded(data, content_type)
    if found is None:
        raise RecordRejected(ErrorCode.UNSUPPORTED_TYPE, f"the file is called text but holds other bytes; {SUPPORTED}")
    plain = plain_form(found.text)
    return RawText(text=plain.text, notes=found.notes + hidden_text_notes(plain.hidden))
