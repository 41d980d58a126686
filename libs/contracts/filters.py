"""Filters over documents' metadata, language and state: their form, and what each of them asks for.

An object: a metadata key, `@language`, or `@state` of jobs, with what is wanted of it; all keys must pass.

    {"stage": "interview"}                         equal; for a list: contains
    {"stage": ["interview", "offer"]}              any of these
    {"years": {"gte": 3, "lt": 10}}                a range of numbers
    {"available": {"gte": "2026-03-01"}}           a range of ISO dates
    {"licence": {"exists": true}}                  the key is there
    {"stage": {"not": ["rejected", "withdrawn"]}}  not any of these; a document without the key passes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from libs.contracts.iso_dates import moment_of
from libs.contracts.json_reading import UnreadableJson, read_json

LANGUAGE: Final = "@language"
STATE: Final = "@state"
MAX_FILTERS = 20
MAX_VALUES = 100
# As a parameter of an address.
MAX_FILTERS_BYTES = 8_192
FILTERS_FORM: Final = (
    "An object: a metadata key, `@language`, or `@state` of jobs, with what is wanted of it: a string, number or "
    'boolean (equal; for a list: contains), a list of these (any of), `{"gte", "gt", "lte", "lt"}` (numbers, or ISO '
    "dates), "
    '`{"exists": true}` or `false`, `{"not": any of these}`. All keys must pass. At most '
    f"{MAX_FILTERS} keys, {MAX_VALUES} values in a list. Only indexed documents pass."
)
"""For descriptions of the APIs."""

Value = str | bool | int | float
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
_BOUNDS: Final = ("gte", "gt", "lte", "lt")
_WHAT_WORKS = (
    'a string, number or boolean, a list of these, {"gte", "gt", "lte", "lt"}, {"exists": true or false} '
    'or {"not": one of these}'
)


class InvalidFilter(ValueError):
    """A filter is not of the form. `key` is the one at fault, empty where it is the object itself."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


@dataclass(frozen=True, slots=True)
class OneOf:
    """The value, or one of a list's, is one of these: equal and of the same type, where all numbers are one type."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The value, or one of a list's, is a number or a date between these; dates are seconds since 1970, UTC."""

    of: Literal["number", "date"]
    gte: float | None = None
    gt: float | None = None
    lte: float | None = None
    lt: float | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """The key is there, with whatever value."""


@dataclass(frozen=True, slots=True)
class KeyFilter:
    """What is wanted of one key; `negated`: that it is not so, or that the key is not there."""

    key: str
    test: OneOf | Range | Exists
    negated: bool = False


def read_filters(text: str) -> dict[str, Any]:
    """Filters from JSON, as they come in an address: of the form, but as they were given. Raises InvalidFilter."""
    if len(text.encode(errors="replace")) > MAX_FILTERS_BYTES:
        raise InvalidFilter("", f"the filters take more than {MAX_FILTERS_BYTES} bytes")
    try:
        value = read_json(text)
    except UnreadableJson as error:
        raise InvalidFilter("", f"the text of filters {error}") from None
    parse_filters(value)
    return dict(value)


def parse_filters(filters: object) -> tuple[KeyFilter, ...]:
    """What filters ask for, a part for each key; empty where there are none. Raises InvalidFilter."""
    if not isinstance(filters, Mapping):
        raise InvalidFilter("", "filters must be an object of metadata keys and what is wanted of each")
    if len(filters) > MAX_FILTERS:
        raise InvalidFilter("", f"there are {len(filters)} filters; {MAX_FILTERS} are allowed")
    return tuple(_key_filter(key, wanted) for key, wanted in filters.items())


def _key_filter(key: object, wanted: object) -> KeyFilter:
    if not isinstance(key, str) or not _is_storable(key):
        raise InvalidFilter(str(key), f"the filter {_shown(key)} is no key that metadata can have")
    if isinstance(wanted, Mapping) and "not" in wanted:
        refused = wanted["not"]
        if len(wanted) > 1 or (isinstance(refused, Mapping) and "not" in refused):
            raise InvalidFilter(key, f'the filter {_shown(key)}: "not" stands alone, and once')
        inner = _key_filter(key, refused)
        return KeyFilter(key, inner.test, not inner.negated)
    if isinstance(wanted, Mapping) and "exists" in wanted:
        if len(wanted) > 1 or not isinstance(wanted["exists"], bool):
            raise InvalidFilter(key, f'the filter {_shown(key)}: "exists" is true or false, and stands alone')
        return KeyFilter(key, Exists(), negated=not wanted["exists"])
    if isinstance(wanted, Mapping):
        return KeyFilter(key, _range(key, wanted))
    return KeyFilter(key, _one_of(key, wanted))


def _one_of(key: str, wanted: object) -> OneOf:
    values: list[Any] = wanted if isinstance(wanted, list) else [wanted]
    if not values or len(values) > MAX_VALUES:
        raise InvalidFilter(key, f"the filter {_shown(key)} has {len(values)} values; 1 to {MAX_VALUES} are allowed")
    for value in values:
        if not isinstance(value, str | bool | int | float):
            raise InvalidFilter(key, f"the filter {_shown(key)} must be {_WHAT_WORKS}")
        if isinstance(value, str) and not _is_storable(value):
            raise InvalidFilter(key, f"the filter {_shown(key)} holds characters that no metadata can hold")
        if not isinstance(value, str):
            _number(key, value)
    return OneOf(tuple(values))


def _range(key: str, wanted: Mapping[Any, object]) -> Range:
    if not wanted or any(name not in _BOUNDS for name in wanted):
        raise InvalidFilter(key, f"the filter {_shown(key)} must be {_WHAT_WORKS}")
    if all(isinstance(bound, str) for bound in wanted.values()):
        return Range("date", **{name: _seconds(key, str(bound)) for name, bound in wanted.items()})
    if any(isinstance(bound, bool) or not isinstance(bound, int | float) for bound in wanted.values()):
        raise InvalidFilter(key, f"the filter {_shown(key)}: the bounds of a range are all numbers or all ISO dates")
    return Range("number", **{name: _number(key, bound) for name, bound in wanted.items()})


def _number(key: str, value: Any) -> float:
    """Raises InvalidFilter where no metadata could hold the number."""
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if number - number != 0:
        raise InvalidFilter(key, f"the filter {_shown(key)} is a number that is too large, or none")
    return number


def _seconds(key: str, text: str) -> float:
    at = moment_of(text)
    if at is None:
        raise InvalidFilter(
            key,
            f"the filter {_shown(key)}: {text[:60]!r} is no ISO date (YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss with Z or an "
            "offset); the bounds of a range are numbers or ISO dates",
        )
    return at.timestamp()


def _is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no U+0000, no lone surrogate."""
    return _NOT_STORABLE.search(text) is None


def _shown(key: object) -> str:
    return repr(str(key)[:60])
