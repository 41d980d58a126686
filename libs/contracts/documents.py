"""What a document consists of, in every event and table that carries one."""

from __future__ import annotations

from typing import Any

import msgspec

MetadataValue = str | int | float | bool | list[str]
Metadata = dict[str, MetadataValue]

METADATA_ENTRIES = 50
METADATA_BYTES = 16_384
MAX_FILE_BYTES = 8_388_608
MAX_TEXT_CHARS = 200_000


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """A stretch of the stored text, in Unicode code points: start inclusive, end exclusive."""

    start: int
    end: int


class IdentitySpan(Span, frozen=True):
    """A stretch that tells who a person is; left out of what is embedded and scored."""

    kind: str


class Section(Span, frozen=True):
    """A part of the text under one heading; `start` is where the heading begins."""

    title: str


class Note(msgspec.Struct, frozen=True):
    """What was left out of a file, or doubtful in it, and why."""

    code: str
    message: str


class DocumentError(msgspec.Struct, frozen=True):
    """Why a submission failed: a stable code and a sentence."""

    code: str
    message: str


def check_metadata(value: Any) -> Metadata:
    """Returns `value` if it is metadata of the contract's form; raises ValueError with a sentence if not."""
    if not isinstance(value, dict):
        raise ValueError("metadata must be an object")
    if len(value) > METADATA_ENTRIES:
        raise ValueError(f"metadata has {len(value)} entries; {METADATA_ENTRIES} are allowed")
    for name, entry in value.items():
        strings = isinstance(entry, list) and all(isinstance(part, str) for part in entry)
        if not isinstance(name, str) or not (strings or isinstance(entry, str | int | float | bool)):
            raise ValueError(f"metadata {str(name)[:60]!r} must be a string, number, boolean or list of strings")
    try:
        encoded = msgspec.json.encode(value)
    except (UnicodeEncodeError, ValueError, OverflowError):
        raise ValueError("metadata holds characters or numbers that JSON cannot carry") from None
    if len(encoded) > METADATA_BYTES:
        raise ValueError(f"metadata takes {len(encoded)} bytes as JSON; {METADATA_BYTES} are allowed")
    return value
