"""Whether bytes are a text at all, and whether it is UTF-16 without a mark."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Literal

Utf16 = Literal["utf-16-le", "utf-16-be"]

_SNIFF = 4096
# Of a text's first bytes: NULs, and other control characters, that some programs leave in it.
_NUL_SHARE, _CONTROL_SHARE, _UTF8_CONTROL_SHARE = 0.1, 0.02, 0.1
_ALWAYS_ALLOWED = 3
_USED_CONTROLS = frozenset({9, 10, 11, 12, 13, 27})
_OTHER_CONTROLS = bytes(byte for byte in range(1, 32) if byte not in _USED_CONTROLS)
_ASCII = bytes([9, 10, 13, *range(32, 127)])


def looks_like_text(data: bytes) -> bool:
    """Whether the first bytes could be a text in UTF-8, UTF-16 or a code page; a handful of NULs does no harm."""
    head = data[:_SNIFF].rstrip(b"\x00")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or utf16_without_mark(data) is not None:
        return True
    nuls, controls = head.count(0), _controls(head)
    if _is_utf8(head):
        return nuls + controls <= max(_ALWAYS_ALLOWED, _UTF8_CONTROL_SHARE * len(head))
    return nuls <= _NUL_SHARE * len(head) and controls <= int(_CONTROL_SHARE * len(head))


def utf16_without_mark(data: bytes) -> Utf16 | None:
    """Which UTF-16 the bytes are in; None where they are none, or a text with NULs in it.

    Latin text shows by a zero in every second byte. Of other scripts only spaces, digits and line breaks have one;
    as UTF-16 they must make good text, and as single bytes must not.
    """
    head = data[: _SNIFF & ~1]
    head = head[: len(head) & ~1]
    if len(head) < 8 or 0 not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding: Utf16 = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) > 0.4 * len(head) and min(even, odd) < 0.05 * len(head):
        return encoding
    few = head.count(0) <= _NUL_SHARE * len(head) and _controls(head) <= _CONTROL_SHARE * len(head)
    if few or _ascii_share(head) > 0.7 or min(even, odd) > 0.3 * max(even, odd):
        return None
    return encoding if _is_good_text(head, encoding) else None


def _is_good_text(head: bytes, encoding: Utf16) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return False
    strange = sum(1 for char in text if char not in "\t\r\n" and unicodedata.category(char)[0] == "C")
    return strange <= 0.02 * len(text) and any(char in " \n" for char in text)


def _is_utf8(head: bytes) -> bool:
    try:
        # A letter may be cut at the end.
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _controls(head: bytes) -> int:
    """Control characters but NUL and those that texts have."""
    return _count(head, _OTHER_CONTROLS)


def _ascii_share(head: bytes) -> float:
    return _count(head, _ASCII) / len(head)


def _count(head: bytes, of: bytes) -> int:
    """How many of the bytes are one of those."""
    return len(head) - len(head.translate(None, of))
