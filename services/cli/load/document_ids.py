"""The ids that loaded documents get."""

from __future__ import annotations

import hashlib
import re

from libs.contracts.identifiers import is_document_id

_OUTSIDE = re.compile(r"[^A-Za-z0-9._~:@+-]")
_NAMED = re.compile(r"[A-Za-z0-9]")
LONGEST = 200


def document_id(name: str, prefix: str = "") -> str | None:
    """`prefix` and `name` as an id: characters outside the form become `-`.

    None where nothing of the name is left to tell it from others by. What is too long is cut, and told apart by a
    hash of the whole.
    """
    cleaned = _OUTSIDE.sub("-", name)
    if not _NAMED.search(cleaned):
        return None
    whole = _OUTSIDE.sub("-", prefix) + cleaned
    if len(whole) > LONGEST:
        mark = content_id(f"{prefix}{name}".encode())[:16]
        whole = f"{whole[: LONGEST - 17]}-{mark}"
    return whole if is_document_id(whole) else None


def content_id(content: bytes) -> str:
    """The id of something that has no name: a hash of its content, 32 hex digits."""
    return hashlib.sha256(content).hexdigest()[:32]
