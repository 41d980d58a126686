"""What narrows a list or a ranking: filters over metadata and language, and the time of the last change."""

from __future__ import annotations

from typing import Annotated

from litestar.params import QueryParameter

from libs.contracts.filters import FILTERS_FORM, MAX_FILTERS_BYTES, read_filters
from libs.contracts.iso_dates import moment_of
from services.gateway.problems import Problem

FILTERS_EXAMPLE = '{"stage": ["interview", "offer"], "years": {"gte": 3}}'

Filters = Annotated[
    str | None,
    QueryParameter(
        name="filters",
        description=f"JSON, at most {MAX_FILTERS_BYTES} bytes, as in `{FILTERS_EXAMPLE}`. {FILTERS_FORM}",
    ),
]
UpdatedSince = Annotated[
    str | None,
    QueryParameter(
        name="updated_since",
        description="only documents whose `updated_at` is this time or later: RFC 3339, or a day `YYYY-MM-DD`",
    ),
]


def checked_filters(text: str | None) -> str | None:
    """Filters of an address, as they came. Raises InvalidFilter."""
    if text is not None:
        read_filters(text)
    return text


def checked_time(text: str | None, name: str, code: str) -> str | None:
    """A time of an address, in RFC 3339 and UTC. Raises Problem (`code`)."""
    if text is None:
        return None
    at = moment_of(text)
    if at is None:
        advice = "; in an address a + is written %2B" if " " in text else ""
        raise Problem(code, f"{name} must be a time of RFC 3339, not {text[:60]!r}{advice}", parameter=name)
    return at.isoformat()
