"""The work that a requirement names."""

import pytest

from services.matching.scoring.facts.asked_work import asked_work
from services.matching.scoring.roles.rank import LEADING, PLAIN, SENIOR

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We ask for experience as a primary school teacher", "primary school teacher"),
        ("at least 18 months of experience as a paralegal", "paralegal"),
        ("Two years or more of teller experience", "teller"),
        ("Previous nursing experience essential", "nursing"),
        ("4+ years in accounting after your studies", "accounting"),
        ("2+ years' experience as a barista or waiter", "barista / waiter"),
        ("Eight years of professional software development", "software development"),
        ("10 years as head chef", "head chef"),
    ],
)
def test_an_occupation_or_its_work_is_named(text, title):
    found = asked_work(text, has_years=True)
    assert (found.title, found.named) == (title, True)


@pytest.mark.parametrize(
    "text",
    [
        "Five years of design of pumps or valves",
        "Three years of driving a semi-trailer",
        "Experience with SQL databases and reporting",
        "Experience working with children",
        "3 years' experience in a similar role",
    ],
)
def test_what_is_no_occupation_is_none(text):
    assert asked_work(text, has_years=True).title == ""


def test_a_trade_of_many_occupations_is_not_decided_by_one():
    found = asked_work("Experience in sales", has_years=False)
    assert (found.title, found.named, found.whole) == ("sales", False, False)


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("Several years in a senior position", SENIOR),
        ("3 years as a team leader", LEADING),
        ("management experience", LEADING),
        ("Project management experience", PLAIN),
        ("Experience with payroll", PLAIN),
    ],
)
def test_a_rank_may_be_asked_without_an_occupation(text, rank):
    assert asked_work(text, has_years=True).rank == rank


def test_a_mentor_of_colleagues_is_no_occupation():
    assert asked_work("experience as a mentor of other developers", has_years=False).title == ""
    assert asked_work("experience as a teacher of maths", has_years=False).title == "teacher of maths"
