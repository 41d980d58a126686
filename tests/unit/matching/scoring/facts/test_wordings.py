"""What jobs ask for by a name, told in everyday words."""

import pytest

from services.matching.scoring.facts.wordings import asked_wordings, said_wordings

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Month-end close", "Shuts the books by the fifth working day"),
        ("Cold calling of business customers", "Rings forty companies a day that never heard of us"),
        ("Personal care", "Helped eight ladies bathe, dress and get to the toilet"),
        ("Automated testing", "Pytest runs on every push"),
        ("Fault finding on pumps", "Finds out why pumps stop and puts them right"),
    ],
)
def test_both_are_the_same_thing(asked, said):
    (name,) = asked_wordings(asked)
    assert said_wordings(["Skills", said], most=4)[name] == [1]


def test_what_is_asked_by_name_may_be_said_by_name():
    assert said_wordings(["Cold calls every morning"], most=4)["cold calling"] == [0]


def test_words_far_apart_say_nothing():
    far = "Shuts the shop " + "and waters the plants " * 8 + "and reads books"
    assert "month-end close" not in said_wordings([far], most=4)


def test_a_requirement_of_much_else_is_not_of_the_table():
    assert asked_wordings("Cold calling with astrophysics, palaeontology, glaciology and numismatics") == []
