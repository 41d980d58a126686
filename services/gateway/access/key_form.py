"""What a key looks like: `sl_ID_SECRET`, where the last characters of the secret are a checksum of all before.

The mark lets scanners of source code find a key that leaked; the checksum lets a mistyped one be refused without asking
the database.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ID_CHARS = 10
# 43 characters of 62 hold 256 bits, 6 hold a checksum of 32.
_SECRET_CHARS = 43
_CHECK_CHARS = 6
_FORM = re.compile(rf"sl_([0-9a-z]{{{_ID_CHARS}}})_([0-9A-Za-z]{{{_SECRET_CHARS + _CHECK_CHARS}}})")
_ID = re.compile(rf"[0-9a-z]{{{_ID_CHARS}}}")
# Keys that were chosen by hand are longer than nothing and shorter than a header.
MAX_KEY_CHARS = 512


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, to be shown once, with its public id and what is stored of it."""

    id: str
    key: str
    digest: bytes


def new_key() -> NewKey:
    """A key that nobody can guess."""
    id = "".join(secrets.choice(_ALPHABET[:36]) for _ in range(_ID_CHARS))
    body = f"sl_{id}_" + "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_CHARS))
    key = body + _checksum(body)
    return NewKey(id, key, digest_of(key))


def id_in(key: str) -> str | None:
    """The id in a key; None where it is none that was made here."""
    match = _FORM.fullmatch(key)
    if match is None or _checksum(key[:-_CHECK_CHARS]) != key[-_CHECK_CHARS:]:
        return None
    return match[1]


def is_key_id(text: str) -> bool:
    """Whether `text` has the form of a key's id."""
    return _ID.fullmatch(text) is not None


def digest_of(key: str) -> bytes:
    """SHA-256 of a key, 32 bytes. Digests are compared in its place, so that time tells nothing of the key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _checksum(text: str) -> str:
    number = zlib.crc32(text.encode("ascii"))
    digits = []
    for _ in range(_CHECK_CHARS):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(digits)
