"""Days and moments as people and systems write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.iso_dates import moment_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T08:30", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:15Z", datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)),
        ("2026-03-01t08:30:15.250z", datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=UTC)),
        ("2026-03-01 00:30:00+02:00", datetime(2026, 2, 28, 22, 30, tzinfo=UTC)),
        ("2026-03-01T00:30:00-0230", datetime(2026, 3, 1, 3, 0, tzinfo=UTC)),
    ],
)
def test_iso_dates_are_moments_in_utc(text: str, moment: datetime) -> None:
    assert moment_of(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-03", "20260301", "2026-W01-1", "2026-02-30", "2026-3-1", " 2026-03-01", "2026-03-01 ",
        "2026-03-01T", "2026-03-01T25:00", "2026-03-01T08", "2026-03-01Z", "0000-01-01", "0001-01-01T00:00+14:00",
        "２０２６-03-01", "2026-03-01\n", "2026-03-01T08:30:15+99:00", "on 2026-03-01",
    ],
)  # fmt: skip
def test_other_texts_are_none(text: str) -> None:
    assert moment_of(text) is None


@given(st.text(alphabet="0123456789-:TZ+. ", max_size=45))
def test_no_text_raises(text: str) -> None:
    moment_of(text)
