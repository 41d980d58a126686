"""Metadata as typed rows, which filters are answered from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from libs.contracts.filters import LANGUAGE, STATE, Value
from libs.contracts.iso_dates import moment_of
from libs.contracts.standing import State

ValueType = Literal["s", "b", "n", "d", "e"]

# Longer texts are kept as hashes: a row of a btree index has room for 2,704 bytes.
_LONGEST_TEXT, _LONGEST_KEY = 500, 200
_HASHED_KEY = "@sha256:"


@dataclass(frozen=True, slots=True)
class FilterValue:
    """One value of one key: s string, b boolean, n number, d a string's date, e an empty list.

    `text` is the value as `text_of` writes it, null for d and e; `number` is the number of an n, and of a d the seconds
    since 1970, UTC.
    """

    key: str
    position: int
    type: ValueType
    text: str | None
    number: float | None


def filter_values(metadata: Mapping[str, Any], language: str | None, state: State | None = None) -> list[FilterValue]:
    """The rows of a document: one for each value, and one more for a string that is an ISO 8601 date or date-time.
    `state` is a job's; None for a resume."""
    keyed = {key: value for key, value in metadata.items() if key not in (LANGUAGE, STATE)}
    if language is not None:
        keyed[LANGUAGE] = language
    if state is not None:
        keyed[STATE] = state
    return [
        FilterValue(key_of(key), position, *row)
        for key, value in keyed.items()
        for position, row in enumerate(_rows(value))
    ]


def key_of(key: str) -> str:
    """A key as it lies in a row."""
    if len(key.encode()) <= _LONGEST_KEY and not key.startswith(_HASHED_KEY):
        return key
    return _HASHED_KEY + hashlib.sha256(key.encode()).hexdigest()


def text_of(value: Value) -> str:
    """A value as a text that equal values of one type share, and no others: its type's letter and the value.

    Numbers are written as whole ones where they are whole, so that 1 and 1.0 are equal and none loses a digit.
    """
    if isinstance(value, bool):
        return "btrue" if value else "bfalse"
    if isinstance(value, str):
        data = value.encode()
        return f"s{value}" if len(data) <= _LONGEST_TEXT else f"h{hashlib.sha256(data).hexdigest()}"
    return f"n{int(value)}" if value == int(value) else f"n{value!r}"


def _rows(value: Any) -> Iterator[tuple[ValueType, str | None, float | None]]:
    values = list(dict.fromkeys(value)) if isinstance(value, list) else [value]
    if not values:
        yield "e", None, None
    for each in values:
        if isinstance(each, bool):
            yield "b", text_of(each), None
        elif isinstance(each, int | float):
            yield "n", text_of(each), float(each)
        else:
            yield "s", text_of(each), None
            at = moment_of(each)
            if at is not None:
                yield "d", None, at.timestamp()
