"""Numbers with what they count or measure."""

import pytest

from services.matching.scoring.facts.amounts import amounts_of

pytestmark = pytest.mark.unit


def told(text: str) -> list[tuple[float, float | None, str]]:
    return [(round(each.value, 3), each.at_most, each.unit) for each in amounts_of(text)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("typing speed of at least 60 wpm", 60, "wpm"),
        ("80,000 lb gross weight", 36287.39, "kg"),
        ("a crane of 40 t", 40_000, "kg"),
        ("line management of 8+ engineers", 8, "people"),
        ("eleven junior engineers", 11, "people"),
        ("a team of 12", 12, "people"),
        ("a class of 28 children", 28, "students"),
        ("networks of 11 kV", 11_000, "V"),
        ("conveyors of 11 kW", 11_000, "W"),
        ("a budget of $2.5 million", 2_500_000, "money"),
        ("€2m a year", 2_160_000, "money"),
        ("10,000 keystrokes per hour", 33.333, "wpm"),
        ("two hundred covers", 200, "guests"),
        ("twenty-five staff", 25, "people"),
        ("two and a half years", 2.5, "years"),
        ("several years of practice", 3, "years"),
        ("over a decade of nursing", 10, "years"),
        ("4 previous years as a cook", 4, "years"),
        ("3,000 hours of total flight time", 3_000, "hours of flight"),
        ("a 24-bed unit", 24, "beds"),
        ("1,500 flight hours", 1_500, "hours of flight"),
        ("18 months", 1.5, "years"),
        ("60 or more outbound calls a day", 60, "of call"),
        ("nine closed home sales in 2024", 9, "of sale"),
        ("pay of 385 quarrymen", 385, "people"),
        ("five (5) years", 5, "years"),
        ("5 years' experience", 5, "years"),
        ("15 % of sales", 15, "%"),
        ("40 million requests a day", 40_000_000, "of request"),
    ],
)
def test_an_amount_is_read_in_the_unit_that_is_compared(text, value, unit):
    ((found, _, of),) = told(text)
    assert (found, of) == (pytest.approx(value, rel=1e-4), unit)


def test_a_range_has_both_ends():
    assert told("6 to 8 patients a shift") == [(6, 8, "patients")]
    assert told("3-5 years") == [(3, 5, "years")]


@pytest.mark.parametrize("text", ["Java 8", "in 2019", "401k", "hired six in spring", "ISO 9001", "twice a year", ""])
def test_other_numbers_are_no_amounts(text):
    assert told(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a firm with 25 years of history",
        "a two-year contract",
        "High School (3,200 students)",
        "in a team with 900 tickets a week",
    ],
)
def test_how_old_or_large_a_place_is_is_no_amount_of_a_person(text):
    assert told(text) == []


def test_a_rate_is_told_per_working_day():
    texts = ("50 tickets a day", "50 tickets per week", "50 tickets")
    day, week, plain = (next(iter(amounts_of(text))) for text in texts)
    assert (day.rate, week.rate, plain.rate) == (1.0, 0.2, None)


def test_the_terms_beside_an_amount_say_of_what_it_is():
    first, second = amounts_of("Total flight time: 1,450 hours\nGround instruction: 3,200 hours")
    assert first.near >= {"flight", "total"}
    assert (second.near >= {"ground", "instruct"}, "flight" in second.near) == (True, False)


def test_a_bullet_behind_a_year_makes_no_range():
    assert told("Nurse, 2018 - 2024\n- seven patients a shift") == [(7, None, "patients")]
