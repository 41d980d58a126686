"""In what somebody has studied."""

import pytest

from services.matching.scoring.facts.subjects import fits, study_words, subject_words

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("asked", "studied", "is_it"),
    [
        ("computer science", "BSc Informatics", True),
        ("computer science", "BA Political Science", False),
        ("law", "LL.B., University of Porto", True),
        ("business administration", "MBA", True),
        ("human resources or business", "Bachelor of Commerce", True),
        ("engineering", "Diplom-Ingenieur (FH)", True),
        ("social work", "MSW", True),
        ("an electrician", "Ausbildung, Elektroniker", True),
        ("chemistry", "BA Music", False),
        ("marine biology", "BSc Marine Biology", True),
    ],
)
def test_a_subject_is_known_by_its_other_names(asked, studied, is_it):
    assert fits(subject_words(asked), study_words(studied)) is is_it


def test_what_is_said_of_all_studies_is_no_subject():
    assert subject_words("from an accredited university program") == []
