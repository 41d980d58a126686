"""What a document consists of, in every event and table that carries one."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from libs.contracts.json_reading import UnreadableJson, pointer_to, read_json

MetadataValue = str | int | float | bool | list[str]
Metadata = dict[str, MetadataValue]

METADATA_ENTRIES = 50
METADATA_BYTES = 16_384
MAX_FILE_BYTES = 8_388_608
MAX_TEXT_CHARS = 200_000


class InvalidMetadata(ValueError):
    """Metadata are not of the form; `pointer` names the field at fault below them, empty where it is all of them."""

    def __init__(self, sentence: str, pointer: str = "") -> None:
        super().__init__(sentence)
        self.pointer = pointer


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """A stretch of the stored text, in Unicode code points: start inclusive, end exclusive."""

    start: Annotated[
        int, Meta(description="Where it begins in the stored text, counted in Unicode code points from 0 on")
    ]
    end: Annotated[int, Meta(description="Where it ends: the place of the first code point behind it")]


class Note(msgspec.Struct, frozen=True):
    """What was left out of a file, or doubtful in it, and why."""

    code: Annotated[str, Meta(description="A stable name for programs")]
    message: Annotated[str, Meta(description="A sentence for people")]


class DocumentError(msgspec.Struct, frozen=True):
    """Why a submission failed: a stable code and a sentence."""

    code: Annotated[str, Meta(description="A stable name for programs")]
    message: Annotated[str, Meta(description="A sentence for the person who must act")]


def is_day(text: str) -> bool:
    """Whether a text is a day of the form `YYYY-MM-DD`."""
    try:
        return len(text) == len("YYYY-MM-DD") and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def day_of(metadata: Metadata, submitted_at: str) -> str:
    """The day that "present" means in a document: `as_of` of its metadata where that is a day, else the day of
    `submitted_at`, RFC 3339. Where neither is one, today: a time of day is no reason to refuse a document."""
    named = metadata.get("as_of")
    if isinstance(named, str) and is_day(named):
        return named
    submitted = submitted_at[: len("YYYY-MM-DD")]
    return submitted if is_day(submitted) else datetime.now(UTC).date().isoformat()


def read_metadata(text: str | bytes) -> Metadata:
    """Metadata from JSON. Raises InvalidMetadata with a sentence, which names the field where one is at fault."""
    try:
        value = read_json(text)
    except UnreadableJson as error:
        raise InvalidMetadata(f"the text of metadata {error}") from None
    return check_metadata(value)


def check_metadata(value: Any) -> Metadata:
    """Returns `value` if it is metadata of the contract's form.

    Raises InvalidMetadata with a sentence if not, which names the field where one is at fault.
    """
    if not isinstance(value, dict):
        raise InvalidMetadata("metadata must be an object")
    if len(value) > METADATA_ENTRIES:
        raise InvalidMetadata(f"metadata has {len(value)} entries; {METADATA_ENTRIES} are allowed")
    for name, entry in value.items():
        _check_entry(name, entry)
    encoded = msgspec.json.encode(value)
    if len(encoded) > METADATA_BYTES:
        raise InvalidMetadata(f"metadata takes {len(encoded)} bytes as JSON; {METADATA_BYTES} are allowed")
    return value


def _check_entry(name: Any, entry: Any) -> None:
    pointer = pointer_to(str(name)[:60])
    field = f"metadata {str(name)[:60]!r}"
    strings = isinstance(entry, list) and all(isinstance(part, str) for part in entry)
    if not isinstance(name, str) or not (strings or isinstance(entry, str | int | float | bool)):
        raise InvalidMetadata(f"{field} must be a string, number, boolean or list of strings", pointer)
    if isinstance(entry, float) and math.isnan(entry):
        raise InvalidMetadata(f"{field} is not a number", pointer)
    if (isinstance(entry, int) and not -(2**63) <= entry < 2**63) or entry in (math.inf, -math.inf):
        raise InvalidMetadata(
            f"{field} is a number that is too large: a whole number has at most 64 bits; send it as a text", pointer
        )
    try:
        msgspec.json.encode((name, entry))
    except (UnicodeEncodeError, ValueError):
        raise InvalidMetadata(f"{field} holds characters that JSON cannot carry", pointer) from None
