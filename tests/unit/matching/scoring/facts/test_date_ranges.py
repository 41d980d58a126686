"""How long ranges of dates last, however they are written."""

from __future__ import annotations

import pytest

from services.matching.scoring.facts.date_ranges import date_ranges

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Welder (2012 - 2016)", [4.0]),
        ("08/2015 to 02/2020 Clerk", [4.5]),
        ("May 2017 – Nov 2018", [1.5]),
        ("Sept. 2010 until 2012", [4 / 3]),
        ("ſept. 2010 until 2012", [4 / 3]),
        ("Nurse 2019 - present", [None]),
        ("In the summary 2011 to 2012, 12/2014-2015,\n 1999 -\n now", [1.0, 1 / 12, None]),
        ("Jan 2018 to Current, before that 2010-2012", [None, 2.0]),
        ("2016 - 2012", []),
        ("call 2012-20167 or 12012-2016", []),
        ("no dates", []),
    ],
)
def test_ranges_last_from_the_first_month_or_year_to_the_last(text: str, expected: list[float | None]) -> None:
    found = [None if each.last is None else (each.last - each.first) / 12 for each in date_ranges(text)]
    assert len(found) == len(expected)
    assert all(a == b if b is None else a == pytest.approx(b) for a, b in zip(found, expected, strict=True))
