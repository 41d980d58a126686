"""A text's encoding: by its mark, by what its sender says, by its bytes, at last by its letters."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from libs.contracts.documents import Note
from libs.contracts.text_bytes import looks_like_text, utf16_without_mark
from services.ingest.parsing.decoding import guessing

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Any code page decodes any bytes, so only those are believed that senders of texts really name.
_BELIEVED = re.compile(
    r"utf-?(8|16|32)([lb]e)?|us-ascii|ascii|iso-?8859-\d+|latin-?\d|(windows-|cp)12\d\d|koi8-[ru]|macintosh|"
    r"shift_jis|iso-2022-(jp|kr)|euc-(jp|kr)|gb(2312|k|18030)|big5",
    re.IGNORECASE,
)
# What browsers read under these names, and senders mean: the larger code pages of Windows.
_MEANT = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "macintosh": "mac_roman",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
_MULTI_BYTE_OF_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_ESCAPES_OF_ISO_2022 = {b"\x1b$B": "iso2022_jp_2", b"\x1b$@": "iso2022_jp_2", b"\x1b$)C": "iso2022_kr"}
# Bytes of a UTF-8 text that are none of it, for each that is; and how many there must be of the good ones.
_DAMAGED_SHARE, _ENOUGH = 0.1, 8


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and a note where its encoding was guessed."""

    text: str
    notes: list[Note] = field(default_factory=list)


def decoded(data: bytes, claims: str = "") -> Decoded | None:
    """The text in bytes; None where they are none. `claims` may hold `charset=…`, as a content type does.

    By the byte order mark, the charset that is claimed, UTF-8, UTF-16 without a mark, else by the letters, which is
    noted (`encoding_guessed`). Blocks for some milliseconds.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, "replace"))
    is_text = looks_like_text(data)
    if (claimed := _as_claimed(data, claims, is_text)) is not None:
        return Decoded(claimed)
    if not is_text:
        return None
    if (utf16 := utf16_without_mark(data)) is not None:
        return Decoded(data.decode(utf16, "replace"))
    for escape, encoding in _ESCAPES_OF_ISO_2022.items():
        if escape in data and (text := _strictly(data, encoding)) is not None:
            return Decoded(text)
    if (text := _strictly(data, "utf-8")) is not None:
        return Decoded(text)
    if _is_damaged_utf8(data):
        note = Note("encoding_guessed", "the text is UTF-8 but for some bytes, which could not be read")
        return Decoded(data.decode("utf-8", "replace"), [note])
    encoding, name = guessing.encoding_of(data)
    return Decoded(
        data.decode(encoding, "replace"), [Note("encoding_guessed", f"the text is not UTF-8; it was read as {name}")]
    )


def _as_claimed(data: bytes, claims: str, is_text: bool) -> str | None:
    match = _CHARSET.search(claims)
    if match is None or not _BELIEVED.fullmatch(match[1]):
        return None
    name = match[1].lower()
    encoding = _MEANT.get(name, name)
    if guessing.is_single_byte(encoding):
        if not is_text:
            return None
        # A default of the sender's: by chance no text of a code page is UTF-8.
        if len(_MULTI_BYTE_OF_UTF8.findall(data)) > 1 and (text := _strictly(data, "utf-8")) is not None:
            return text
    if encoding.startswith(("utf-16", "utf16")) and 0 not in data[:4096]:
        return None  # a page that names itself so, in single bytes
    return _strictly(data, encoding)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_damaged_utf8(data: bytes) -> bool:
    good = len(_MULTI_BYTE_OF_UTF8.findall(data))
    if good < _ENOUGH:
        return False
    text = data.decode("utf-8", "replace")
    return text.count("\ufffd") <= _DAMAGED_SHARE * good
