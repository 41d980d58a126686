"""How long somebody worked: what overlaps counts once, months count, part-time as stated."""

import pytest

from libs.contracts.structure import Entry
from services.matching.scoring.facts.stations import dated_lines, lasting_lines, months_together, stations_of

pytestmark = pytest.mark.unit

AS_OF = "2026-11-01"


def months(*entries: Entry, text: str = " " * 500) -> float | None:
    return months_together(stations_of(entries, text, AS_OF))


def work(from_: str | None = None, to: str | None = None, start: int = 0, end: int = 10, **told) -> Entry:
    return Entry(start, end, type="work", from_=from_, to=to, **told)


@pytest.mark.parametrize(
    ("from_", "to", "lasted"),
    [("2012", "2016", 48), ("2012-05", "2016-05", 49), ("2020-01", "2020-01", 1), ("2019", "2019", 6)],
)
def test_a_range_of_months_counts_its_last_month_and_one_of_years_does_not(from_, to, lasted):
    assert months(work(from_, to)) == lasted


def test_what_lasts_still_ends_with_the_day_that_present_means():
    assert months(work("2024-11", in_progress=True)) == 25


def test_stations_that_overlap_count_once():
    assert months(work("2015-01", "2017-12"), work("2017-01", "2018-12")) == 48


def test_two_half_weeks_at_once_are_one_whole():
    text = "Accountant (part time)   | Bookkeeper, part-time    "
    both = work("2021-01", "2024-12", 0, 25), work("2021-01", "2024-12", 25, len(text))
    assert months(*both, text=text) == 48
    assert months(both[0], text=text) == 24


@pytest.mark.parametrize(
    ("said", "share"), [("0.6 FTE", 0.6), ("an 80 % position", 0.8), ("19 hours per week", 0.5), ("full time", 1.0)]
)
def test_the_share_of_a_week_is_what_the_entry_says(said, share):
    assert months(work("2020-01", "2020-12", 0, len(said)), text=said) == pytest.approx(12 * share)


def test_a_length_that_is_told_in_place_of_dates_counts():
    assert months(work(months=18)) == 18


def test_studies_are_no_work_and_without_dates_nothing_is_known():
    assert months(Entry(0, 10, type="education", from_="2010", to="2014")) is None
    assert months(work()) is None
    assert months(work("2016", "2012")) is None


def test_a_line_with_dates_that_is_in_no_entry_is_a_position():
    text = "Experience\nShoe and leather workers (2008 - 2013)\nClerk, Mar 2019 to present\n"
    first, second = dated_lines(text, [], AS_OF)
    assert (first.title, first.last - first.first) == ("Shoe and leather workers ( )", 60)
    assert second.last - second.first == 93
    assert dated_lines(text, [Entry(0, len(text), type="work")], AS_OF) == []


@pytest.mark.parametrize(
    ("line", "lasted"),
    [
        ("Paralegal, Pryce Solicitors, since March 2024: conveyancing", 33),
        ("Accounting intern, Gwent Timber, June to August 2026", 3),
        ("Cook, Hotel Marina, 2019 to date", 95),
    ],
)
def test_an_open_start_and_months_of_one_year_are_ranges_too(line, lasted):
    ((station),) = dated_lines(line, [], AS_OF)
    assert station.last - station.first == lasted


@pytest.mark.parametrize("line", ["BSc Physics, Cobalt State, 2016 - 2020", "Licensed in Tennessee since 2018"])
def test_studies_and_licences_with_dates_are_no_positions(line):
    assert dated_lines(line, [], AS_OF) == []


def test_a_line_of_an_occupation_with_its_length_is_a_position():
    first, second = lasting_lines(
        "Office clerk, Ferry Ltd (3 yrs 4 mos)\nHobbies: chess for ten years\nCook, six years", []
    )
    assert ((first.title, first.months), (second.title, second.months)) == (
        ("Office clerk, Ferry Ltd", 40),
        ("Cook", 72),
    )
