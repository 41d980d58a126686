"""Cursors: where a page ended, sealed with what list it was of."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence

_VERSION = "2"


class InvalidCursor(ValueError):
    """The cursor is not one that a page gave."""


def list_mark(parts: Sequence[str]) -> str:
    """What a cursor carries of the list that it belongs to; `parts` say which list that is."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]


def cursor_at(position: str, mark: str) -> str:
    """The cursor behind a position in a list."""
    return base64.urlsafe_b64encode(f"{_VERSION}:{mark}:{position}".encode()).decode().rstrip("=")


def position_in(cursor: str, mark: str, goes_with: str) -> str:
    """The position that a cursor of this list stands behind; not checked further.

    Raises InvalidCursor, also for one of another list: `goes_with` says what it must be used with.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise InvalidCursor("the cursor is not one that a page gave") from None
    version, _, rest = text.partition(":")
    of_list, _, position = rest.partition(":")
    if version != _VERSION or not position:
        raise InvalidCursor("the cursor is not one that a page gave")
    if of_list != mark:
        raise InvalidCursor(f"the cursor is of another list: it goes with the {goes_with} it was given for")
    return position
