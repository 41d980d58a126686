"""Documents of the occupation that is sought are found by a term of their own."""

import pytest

from services.matching.scoring.roles.role_marks import NEAR, SAME, marks_of, sought_marks
from services.matching.scoring.terms import term_list

pytestmark = pytest.mark.unit


def test_the_same_group_weighs_most_and_near_ones_less():
    sought = sought_marks({"accountant": 1.0})
    (own,) = marks_of(["accountant"])
    (near,) = marks_of(["bookkeeper"])
    assert sought[own] == SAME
    assert sought[near] == NEAR
    assert marks_of(["waiter"])[0] not in sought


def test_what_was_long_ago_weighs_less():
    (own,) = marks_of(["accountant"])
    assert sought_marks({"accountant": 0.6})[own] == pytest.approx(0.6 * SAME)


def test_no_text_holds_such_a_term():
    (own,) = marks_of(["accountant"])
    assert own not in term_list(own)
    assert own not in term_list("role accountant")
