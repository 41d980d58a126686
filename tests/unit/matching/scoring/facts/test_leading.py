"""Leading people, as jobs ask for it and resumes say it."""

import pytest

from services.matching.scoring.facts.leading import asks_to_lead, led_in

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "Line management of at least ten people",
        "Experience of leading a team of engineers",
        "Has managed staff",
        "Supervisory experience",
        "Leadership of a kitchen brigade",
        "Teams of 20 or more led in hotels",
    ],
)
def test_it_is_asked(text):
    assert asks_to_lead(text)


@pytest.mark.parametrize(
    "text", ["Project management experience", "Managing accounts", "Time management", "Managing several stakeholders"]
)
def test_managing_things_is_no_leading_of_people(text):
    assert not asks_to_lead(text)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Fourteen staff report to me", 14),
        ("Led a team of 8 engineers", 8),
        ("Managed seven junior engineers", 7),
        ("Promoted to lead a team of 6", 6),
        ("12 direct reports", 12),
        ("26 room attendants and two porters report to her", 26),
        ("Supervises guards", None),
    ],
)
def test_it_is_said_with_how_many(text, people):
    ((_, found, fully),) = led_in(text)
    assert (found, fully) == (people, True)


@pytest.mark.parametrize(
    "text",
    [
        "Follows the lead of the chief engineer on pressure rules",
        "Cut the lead time of prototypes",
        "Took tasks from the team leader each Monday",
        "Generated leads for the sales team",
        "Helped the manager run the team",
        "Manages a portfolio of 40 accounts",
        "Reported to the manager of the shop team",
        "Works from home; no direct reports",
    ],
)
def test_others_who_lead_and_leads_of_other_kinds_are_none(text):
    assert list(led_in(text)) == []


def test_who_trains_colleagues_is_not_their_head():
    ((_, _, fully),) = led_in("Trained four apprentices")
    assert not fully
