"""Metadata as typed rows, which filters are answered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

ValueType = Literal["s", "b", "n", "d"]


@dataclass(frozen=True, slots=True)
class FilterValue:
    """One value of one key: s string, b boolean, n number, d date (seconds since 1970)."""

    key: str
    position: int
    type: ValueType
    text: str | None
    number: float | None


def filter_values(metadata: Mapping[str, Any], language: str | None) -> list[FilterValue]:
    """The rows of a document."""
    del metadata, language
    return []
