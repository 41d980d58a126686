"""Compounds are the same however they are written."""

import pytest

from services.matching.scoring.terms import term_list

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "forms",
    [
        ("preschool", "pre-school", "Pre school"),
        ("e-mail", "email"),
        ("health care.", "healthcare.", "health-care."),
        ("front-end", "frontend", "front end"),
        ("multi-engine", "multiengine"),
    ],
)
def test_one_word_two_words_and_a_hyphen_are_the_same(forms):
    assert len({frozenset(term_list(form)) for form in forms}) == 1


def test_words_that_only_stand_side_by_side_are_no_compound():
    assert "careteam" not in term_list("care team")
    assert term_list("child, care") == ["child", "care"]
