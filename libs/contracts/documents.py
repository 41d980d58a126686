"""What a document consists of, in every event and table that carries one."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any

import msgspec

MetadataValue = str | int | float | bool | list[str]
Metadata = dict[str, MetadataValue]

METADATA_ENTRIES = 50
METADATA_BYTES = 16_384
# More digits than any number that is taken; Python itself refuses to read more than 4,300.
WHOLE_NUMBER_DIGITS = 100
MAX_FILE_BYTES = 8_388_608
MAX_TEXT_CHARS = 200_000


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """A stretch of the stored text, in Unicode code points: start inclusive, end exclusive."""

    start: int
    end: int


class Note(msgspec.Struct, frozen=True):
    """What was left out of a file, or doubtful in it, and why."""

    code: str
    message: str


class DocumentError(msgspec.Struct, frozen=True):
    """Why a submission failed: a stable code and a sentence."""

    code: str
    message: str


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
    """Metadata from JSON. Raises ValueError with a sentence, which names the field where one is at fault."""
    try:
        value = json.loads(text, parse_int=read_whole_number, parse_constant=float)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"metadata is not JSON: {str(error)[:200]}") from None
    return check_metadata(value)


def read_whole_number(digits: str) -> int | float:
    """A whole number of a JSON text; infinite where it is so long that Python refuses to read it."""
    return int(digits) if len(digits) <= WHOLE_NUMBER_DIGITS else float(digits)


def check_metadata(value: Any) -> Metadata:
    """Returns `value` if it is metadata of the contract's form.

    Raises ValueError with a sentence if not, which names the field where one is at fault.
    """
    if not isinstance(value, dict):
        raise ValueError("metadata must be an object")
    if len(value) > METADATA_ENTRIES:
        raise ValueError(f"metadata has {len(value)} entries; {METADATA_ENTRIES} are allowed")
    for name, entry in value.items():
        _check_entry(name, entry)
    encoded = msgspec.json.encode(value)
    if len(encoded) > METADATA_BYTES:
        raise ValueError(f"metadata takes {len(encoded)} bytes as JSON; {METADATA_BYTES} are allowed")
    return value


def _check_entry(name: Any, entry: Any) -> None:
    field = f"metadata {str(name)[:60]!r}"
    strings = isinstance(entry, list) and all(isinstance(part, str) for part in entry)
    if not isinstance(name, str) or not (strings or isinstance(entry, str | int | float | bool)):
        raise ValueError(f"{field} must be a string, number, boolean or list of strings")
    if isinstance(entry, float) and math.isnan(entry):
        raise ValueError(f"{field} is not a number")
    if (isinstance(entry, int) and not -(2**63) <= entry < 2**63) or entry in (math.inf, -math.inf):
        raise ValueError(
            f"{field} is a number that is too large: a whole number has at most 64 bits; send it as a text"
        )
    try:
        msgspec.json.encode((name, entry))
    except (UnicodeEncodeError, ValueError):
        raise ValueError(f"{field} holds characters that JSON cannot carry") from None
