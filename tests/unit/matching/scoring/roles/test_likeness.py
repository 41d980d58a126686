"""How alike two roles are, and how far one ranks below the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.scoring.roles import likeness
from services.matching.scoring.roles.role import role_of
from services.matching.scoring.signals.held_roles import rank_shares

pytestmark = pytest.mark.unit

TITLES = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from("nurse legal secretary of , ' - / senior manager cook and to assistant".split()), max_size=7
    ).map(" ".join),
)
COSINES = st.one_of(st.none(), st.floats(-1.0, 1.0))


def alike(asked: str, held: str, cosine: float | None = None) -> float:
    told = likeness.alike(role_of(asked), role_of(held))
    by_vectors = np.array([np.nan if cosine is None else cosine])
    return told.least + told.span * float(likeness.agreements(np.array([told.shared]), by_vectors)[0])


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        ("Staff Nurse – Surgical Ward", "Registered nurse", "Receptionist, surgical ward"),
        ("Backend Engineer (Java)", "Programmer", "Technical Recruiter, Java engineers"),
        ("Commercial Lawyer", "Solicitor", "Legal secretary, commercial"),
        ("Cook for our canteen kitchen", "Line cook", "Kitchen porter, canteen"),
        ("Teller, Kestrel Valley Bank", "Bank cashier", "Security guard, Kestrel Valley Bank"),
        ("Accountant", "Bookkeeper", "Accounting Teacher"),
        ("HR Business Partner", "People Partner", "Account Manager, HR Software"),
        ("First Officer A320", "Co-pilot", "Cabin crew A320"),
    ],
)
def test_the_right_role_is_above_the_right_field_whatever_the_cosines_say(asked, right, wrong):
    assert alike(asked, right, 0.2) > alike(asked, wrong, 0.9)


def test_near_occupations_are_between_the_same_and_others():
    same = alike("Data engineer", "Data engineer, retail", 0.5)
    near = alike("Data engineer", "Software developer", 0.5)
    other = alike("Data engineer", "Plumber", 0.5)
    assert same > near > other


def test_of_the_same_occupation_the_shared_field_decides():
    assert alike("Electrician, marine", "Marine electrician") > alike("Electrician, marine", "Electrician, theatre")


def test_words_with_one_stem_do_not_make_other_occupations_the_same():
    assert alike("Product manager", "Production manager", 0.9) <= 0.25


def test_where_an_occupation_is_unknown_cosine_and_words_decide():
    assert alike("Zyxwv operator", "Nurse", 0.7) > alike("Zyxwv operator", "Nurse", 0.2)
    assert alike("Quuxer, textile", "Quuxer, textile") == 1.0
    assert alike("Quuxer", "Frobnicator") == 0.0


@given(TITLES, TITLES, COSINES)
def test_likeness_is_a_share(asked, held, cosine):
    assert 0.0 <= alike(asked, held, cosine) <= 1.0


def test_more_experience_is_no_fault_and_each_step_that_lacks_counts():
    ranks = [role_of(title).rank for title in ("Junior Developer", "Developer", "Senior Developer", "Lead Developer")]
    assert float(rank_shares(ranks[0], ranks[3])) == float(rank_shares(ranks[1], ranks[1])) == 1.0
    assert 1.0 > float(rank_shares(ranks[3], ranks[2])) > float(rank_shares(ranks[3], ranks[0]))


def test_rank_is_not_in_the_likeness():
    assert alike("Senior Accountant", "Accountant", 0.5) == alike("Accountant", "Accountant", 0.5)
