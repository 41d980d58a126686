"""HTML pages: the text that their readers see."""

from __future__ import annotations

import re

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.file_type import SUPPORTED
from services.ingest.parsing.content import RawText
from services.ingest.parsing.decoding.decoding import decoded
from services.ingest.parsing.hidden_text import hidden_text_notes
from services.ingest.parsing.markup.plain_form import page_text

# Where a page may say its own encoding, in bytes from its beginning.
_HEAD_BYTES = 4096
_OWN_CHARSET = re.compile(
    rb"<meta[^>]{0,400}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})"
    rb"|<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})",
    re.IGNORECASE,
)


def parse(data: bytes, content_type: str = "") -> RawText:
    """The page's text in lines, lists as bullets; scripts, styles and attributes left out, hidden text noted.

    In the encoding of its byte order mark, else as its sender names, else as its own head does, else by its letters.
    Raises RecordRejected: `unsupported_type` for bytes that are no text, `invalid_content` for one nested too deeply.
    """
    claims = content_type
    if "charset" not in claims.lower() and (own := _OWN_CHARSET.search(data, 0, _HEAD_BYTES)) is not None:
        claims = f"charset={(own[1] or own[2]).decode('ascii')}"
    found = decoded(data, claims)
    if found is None:
        raise RecordRejected(ErrorCode.UNSUPPORTED_TYPE, f"the file is called HTML but holds other bytes; {SUPPORTED}")
    plain = page_text(found.text)
    return RawText(text=plain.text, notes=found.notes + hidden_text_notes(plain.hidden))
