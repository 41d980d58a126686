"""Plain text: found out which encoding it is in."""

from __future__ import annotations

import codecs
import re

from libs.contracts.documents import Note
from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.content import RawText
from services.ingest.parsing.file_type import SUPPORTED, is_utf16_without_mark, looks_like_text

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Any code page decodes any bytes, so only those are believed that senders of texts really name.
_BELIEVED = re.compile(
    r"utf-?(8|16|32)([lb]e)?|us-ascii|ascii|iso-?8859-\d+|latin-?\d|(windows-|cp)12\d\d|koi8-[ru]|"
    r"shift_jis|euc-(jp|kr)|gb(2312|k|18030)|big5",
    re.IGNORECASE,
)


def parse(data: bytes, content_type: str = "") -> RawText:
    """The text, by its byte order mark, the charset its sender names, UTF-8, else Windows-1252.

    Raises RecordRejected (`unsupported_type`) for bytes that are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return RawText(text=data.decode(encoding, "replace"))
    if (named := _named(content_type)) is not None:
        try:
            return RawText(text=data.decode(named))
        except (UnicodeDecodeError, LookupError):
            pass  # the sender's claim is wrong; go by the bytes
    if not looks_like_text(data):
        raise RecordRejected(ErrorCode.UNSUPPORTED_TYPE, f"the file is called text but holds other bytes; {SUPPORTED}")
    if is_utf16_without_mark(data):
        little = data[1::2].count(0) > data[0::2].count(0)
        return RawText(text=data.decode("utf-16-le" if little else "utf-16-be", "replace"))
    try:
        return RawText(text=data.decode())
    except UnicodeDecodeError:
        note = Note("encoding_guessed", "the text is not UTF-8; it was read as Windows-1252")
        return RawText(text=data.decode("cp1252", "replace"), notes=[note])


def _named(content_type: str) -> str | None:
    match = _CHARSET.search(content_type)
    return match[1] if match and _BELIEVED.fullmatch(match[1]) else None
