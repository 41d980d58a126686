"""A file that its sender encoded as text: nobody could read what it says, but it would be stored as letters."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.file_type import named_by_magic
from libs.contracts.text_bytes import looks_like_text

# Shorter ones may be a number or a key that stands alone in a text.
_LEAST_CHARS: Final = 200
# A letter or a few that are repeated are no file: of 200 characters of one, some 40 differ.
_LEAST_DIFFERENT: Final = 16
# MIME and PEM break lines at 76 and 64 characters; a list of words has no such lines.
_LEAST_LINE: Final = 40
_LINE: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}|[A-Za-z0-9_-]+={0,2}")
_DATA_URL: Final = re.compile(r"data:[\w.+/-]{0,100}(;[\w=.-]{0,100})?;base64,", re.ASCII)
_TO_STANDARD: Final = str.maketrans("-_", "+/")


def refuse_base64(text: str) -> None:
    """Raises RecordRejected (`invalid_content`) where the whole text is one block of base64, saying of what."""
    data = _decoded(text)
    if data is None:
        return
    what = named_by_magic(data) or ("a text" if looks_like_text(data) else "a binary file")
    raise RecordRejected(ErrorCode.INVALID_CONTENT, f"this is a base64 text of {what}: send the file's own bytes")


def _decoded(text: str) -> bytes | None:
    lines = text.strip().removeprefix("\ufeff").split()
    if not lines:
        return None
    lines[0] = _DATA_URL.sub("", lines[0], count=1)
    length = len(lines[0])
    if any(len(line) != length or length < _LEAST_LINE for line in lines[:-1]) or len(lines[-1]) > max(length, 1):
        return None
    block = "".join(lines)
    if len(block) < _LEAST_CHARS or len(set(block)) < _LEAST_DIFFERENT or _LINE.fullmatch(block) is None:
        return None
    block = block.rstrip("=").translate(_TO_STANDARD)
    try:
        return base64.b64decode(block + "=" * (-len(block) % 4), validate=True)
    except binascii.Error:
        return None
