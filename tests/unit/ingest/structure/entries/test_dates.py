"""Dates, ranges and lengths of time are read as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.structure.entries.dates.dates import DateRange, date_ranges

pytestmark = pytest.mark.unit

AS_OF = date(2025, 6, 15)


def _one(text: str) -> DateRange:
    found = date_ranges(text, AS_OF)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "from_", "to"),
    [
        ("03/2014 – 08/2016", "2014-03", "2016-08"),
        ("2015–17", "2015", "2017"),
        ("2009/10", "2009", "2010"),
        ("2006–10", "2006", "2010"),
        ("2012-08 – 2017-07", "2012-08", "2017-07"),
        ("Sept ’14 – Aug ’16", "2014-09", "2016-08"),
        ("May, 1986 - Jul, 1988", "1986-05", "1988-07"),
        ("Jan 15 - Sep 15", "2015-01", "2015-09"),
        ("01/15/2012 - 02/20/2014", "2012-01-15", "2014-02-20"),
        ("September 2015 bis Dezember 2019", "2015-09", "2019-12"),
        ("du 3 mars 2015 au 5 avril 2017", "2015-03-03", "2017-04-05"),
        ("Avril – juillet 2024", "2024-04", "2024-07"),
        ("Agosto 2013 a julio 2015", "2013-08", "2015-07"),
        ("dezembro de 2019 a fevereiro de 2020", "2019-12", "2020-02"),
        ("settembre 2016 – giugno 2018", "2016-09", "2018-06"),
        ("maart 2010 – december 2014", "2010-03", "2014-12"),
        ("kwiecień 2014 – kwiecień 2019", "2014-04", "2019-04"),
        ("с марта 2014 по май 2018", "2014-03", "2018-05"),
        ("2016年7月—2019年2月", "2016-07", "2019-02"),
        ("أكتوبر 2015 – يونيو 2017", "2015-10", "2017-06"),
        ("נובמבר 2007 – אוקטובר 2009", "2007-11", "2009-10"),
        ("Fall 2014 - Spring 2016", "2014-09", "2016-05"),
        ("WS 2016/17 – SS 2019", "2016-10", "2019-06"),
    ],
)
def test_range_with_two_ends(text: str, from_: str, to: str) -> None:
    found = _one(text)
    assert (found.from_, found.to, found.in_progress) == (from_, to, False)


@pytest.mark.parametrize(
    ("text", "from_"),
    [
        ("03/2019 – present", "2019-03"),
        ("Since 2016", "2016"),
        ("Dec. 2014 -- Current", "2014-12"),
        ("2018 –", "2018"),
        ("seit 04.2019", "2019-04"),
        ("depuis septembre 2019", "2019-09"),
        ("feb. 2021 – a la fecha", "2021-02"),
        ("outubro de 2019 – atual", "2019-10"),
        ("da marzo 2020", "2020-03"),
        ("aug. 2017 – heden", "2017-08"),
        ("maj 2019 – nadal", "2019-05"),
        ("март 2019 — настоящее время", "2019-03"),
        ("2019年3月至今", "2019-03"),
        ("منذ 2018", "2018"),
        ("2018-09 עד היום", "2018-09"),
    ],
)
def test_what_lasts_has_no_end(text: str, from_: str) -> None:
    found = _one(text)
    assert (found.from_, found.to, found.in_progress) == (from_, None, True)


@pytest.mark.parametrize(
    ("text", "from_", "to"),
    [
        ("Summer 2018", "2018-06", "2018-08"),
        ("winter 2018", "2018-12", "2019-02"),
        ("printemps 2020", "2020-03", "2020-05"),
        ("Herbst 2017", "2017-09", "2017-11"),
        ("Lato 2010", "2010-06", "2010-08"),
    ],
)
def test_season_is_its_three_months(text: str, from_: str, to: str) -> None:
    found = _one(text)
    assert (found.kind, found.from_, found.to) == ("season", from_, to)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2 yrs 4 mos", 28),
        ("1,5 jaar", 18),
        ("1 rok 8 mies.", 20),
        ("6 mesi", 6),
        ("un an", 12),
        ("שנה וחודשיים", 14),
        ("لمدة سنتين", 24),
        ("2年4个月", 28),
    ],
)
def test_length_without_dates_is_in_months(text: str, months: int) -> None:
    found = _one(text)
    assert (found.kind, found.months, found.from_, found.to) == ("length", months, None, None)


@pytest.mark.parametrize(
    "text", ["Expected May 2026", "conclusão prevista: dez/2026", "06/2026 (expected)", "预计2026年3月"]
)
def test_expected_end_is_still_in_progress(text: str) -> None:
    found = _one(text)
    assert (found.kind, found.to, found.in_progress) == ("expected", None, True)


def test_end_after_the_day_of_present_is_in_progress() -> None:
    assert _one("2023 – 2027").in_progress
    assert not date_ranges("2023 – 2027", date(2028, 1, 1))[0].in_progress


def test_ends_the_wrong_way_round_are_turned() -> None:
    found = _one("11/2009 to 09/2008")
    assert (found.from_, found.to) == ("2008-09", "2009-11")


def test_days_come_first_where_the_text_shows_it() -> None:
    assert date_ranges("03/04/2019\n25/12/2018", AS_OF)[0].from_ == "2019-04-03"
    assert date_ranges("worked with the team\n03/04/2019", AS_OF)[0].from_ == "2019-03-04"
    assert date_ranges("travail en équipe\n03/04/2019", AS_OF)[0].from_ == "2019-04-03"


@pytest.mark.parametrize("text", ["2,015 people", "$2014", "support 24/7", "call 555 0119", "20 % in 9.5 of 10"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert date_ranges(text, AS_OF) == []


@pytest.mark.parametrize(
    ("text", "from_", "to"),
    [
        ("mars 2019 – pågående", "2019-03", None),
        ("juni – augusti 2015", "2015-06", "2015-08"),
        ("Eylül 2016 – Şubat 2020", "2016-09", "2020-02"),
        ("06.2018 - devam ediyor", "2018-06", None),
        ("od března 2018 do současnosti", "2018-03", None),
        ("květen 2012 – červen 2013", "2012-05", "2013-06"),
        ("Квітень 2019 – дотепер", "2019-04", None),
        ("з вересня 2015 по березень 2019", "2015-09", "2019-03"),
        ("2019年4月 ～ 現在", "2019-04", None),
        ("平成27年4月 ～ 平成31年3月", "2015-04", "2019-03"),
        ("2019.3-2021.11", "2019-03", "2021-11"),
        ("martie 2015 – prezent", "2015-03", None),
        ("dal 02/2020 – tuttora", "2020-02", None),
        ("janv. 2020 - auj.", "2020-01", None),
        ("2020 até ao presente", "2020", None),
        ("May 2015 to the present day", "2015-05", None),
        ("ינו' 2016 - דצמ' 2018", "2016-01", "2018-12"),
        ("مارس 2019 ولغاية الآن", "2019-03", None),
    ],
)
def test_ranges_of_further_languages(text: str, from_: str, to: str | None) -> None:
    found = _one(text)
    assert (found.kind, found.from_, found.to, found.in_progress) == ("range", from_, to, to is None)


@pytest.mark.parametrize(
    ("text", "from_", "to"),
    [
        ("Apr-2018 | Till date", "2018-04", None),
        ("Jun-2013 | Mar-2018", "2013-06", "2018-03"),
        ("giugno 2014 / settembre 2019", "2014-06", "2019-09"),
        ("2012 / 2014", "2012", "2014"),
        ("Entre 2014 y 2018", "2014", "2018"),
        ("Q3 2019 – Q1 2021", "2019-07", "2021-03"),
    ],
)
def test_ends_in_two_columns_or_joined_by_and(text: str, from_: str, to: str | None) -> None:
    found = _one(text)
    assert (found.kind, found.from_, found.to) == ("range", from_, to)


def test_years_side_by_side_in_a_line_are_no_range() -> None:
    assert all(found.kind == "point" for found in date_ranges("Best paper 2014 | 2016 | 2019 in its field", AS_OF))


def test_versions_are_no_range() -> None:
    assert all(found.kind == "point" for found in date_ranges("Exchange 2007/2013", AS_OF))


@given(st.text(alphabet="0123456789/-–. ’年月至今 \nMayseit(),%présent", max_size=120))
def test_offsets_are_ordered_and_name_what_is_there(text: str) -> None:
    end = 0
    for found in date_ranges(text, AS_OF):
        assert end <= found.start < found.end <= len(text)
        assert not text[found.start : found.end].isspace()
        if found.from_ and found.to:
            shared = min(len(found.from_), len(found.to))
            assert found.from_[:shared] <= found.to[:shared]
        end = found.end
