"""How high a title ranks."""

import pytest

from services.matching.scoring.roles.rank import (
    DIRECTING,
    IN_TRAINING,
    JUNIOR,
    LEADING,
    MANAGING,
    PLAIN,
    SENIOR,
)
from services.matching.scoring.roles.role import role_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("Accounting intern", IN_TRAINING),
        ("Electrician apprentice", IN_TRAINING),
        ("Junior Developer", JUNIOR),
        ("Paralegal, Conveyancing (junior)", JUNIOR),
        ("Assistant cook", JUNIOR),
        ("Accountant", PLAIN),
        ("Senior Software Developer", SENIOR),
        ("Engineer II", SENIOR),
        ("Lead Mechanical Engineer", LEADING),
        ("Shift supervisor", LEADING),
        ("Head chef", LEADING),
        ("Ward Manager", MANAGING),
        ("Head of Human Resources", MANAGING),
        ("Director of Nursing", DIRECTING),
        ("Chief Executive Officer", DIRECTING),
        ("Senior Vice President, Sales", DIRECTING),
    ],
)
def test_the_scale(title, rank):
    assert role_of(title).rank == rank


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("Praktikantin Marketing (m/w/d)", IN_TRAINING),
        ("Teamleiterin Logistik", LEADING),
        ("Vertriebsleiterin", MANAGING),
        ("Projektleiter", PLAIN),
        ("Directrice financière", DIRECTING),
        ("Chargée de recrutement", PLAIN),
        ("Directora de marketing", DIRECTING),
    ],
)
def test_the_scale_in_german_french_and_spanish(title, rank):
    assert role_of(title).rank == rank


def test_whoever_advises_students_is_none():
    assert role_of("Student Nurse").rank == IN_TRAINING
    assert role_of("Student Success Advisor").rank == PLAIN
    assert role_of("Graduate Recruiter").rank == PLAIN


@pytest.mark.parametrize("title", ["Key Account Manager", "Project Manager", "Case manager", "Social Media Manager"])
def test_who_manages_no_people_does_not_rank_as_manager(title):
    assert role_of(title).rank == PLAIN


@pytest.mark.parametrize(
    ("title", "rank"),
    [("Assistant Manager", LEADING), ("Deputy Head of Sales", LEADING), ("Associate Director", MANAGING)],
)
def test_deputies_rank_below_those_they_stand_in_for(title, rank):
    assert role_of(title).rank == rank


@pytest.mark.parametrize("title", ["Assistant to the Director", "Director's assistant", "CEO's assistant"])
def test_assistants_of_directors_direct_nobody(title):
    assert role_of(title).rank <= PLAIN


def test_an_occupation_called_assistant_is_no_junior_one():
    assert role_of("Office Assistant").rank == PLAIN
    assert role_of("Sales Associate/Cashier").rank == PLAIN


def test_generating_leads_leads_nobody():
    assert role_of("Lead generation specialist").rank == PLAIN
