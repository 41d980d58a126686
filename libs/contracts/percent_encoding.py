"""Percent-encoding of addresses (RFC 3986), as strictly as nobody's decoder is by itself."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes


def is_well_encoded(raw: bytes) -> bool:
    """Whether percent-encoded bytes are whole, and UTF-8."""
    if any(not _is_hex(rest[:2]) for rest in raw.split(b"%")[1:]):
        return False
    try:
        unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_hex(digits: bytes) -> bool:
    return len(digits) == 2 and all(digit in b"0123456789abcdefABCDEF" for digit in digits)
