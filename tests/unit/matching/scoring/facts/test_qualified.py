"""What a licence is for."""

import pytest

from services.matching.scoring.facts.qualified import general_name, lacking, line_around, qualities

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "around", "told"),
    [
        ("Registered Nurse", "RN license, AZ", ["place:Arizona"]),
        ("teaching license", "Massachusetts, mathematics", ["place:Massachusetts", "subject:mathematics"]),
        ("forklift license", "RTITB reach truck operator", ["truck:reach"]),
        ("driver's license", "Driving licence: B, C+E", ["class:B", "class:CE"]),
        ("Ohio bar admission", "admitted 2019", ["place:Ohio"]),
        ("driver's license class C", "HGV class 2", ["class:C"]),
        # To drive, a licence of any place will do.
        ("driver's license", "Texas", []),
        # What it is for is said of some licences alone.
        ("CSCS card", "mathematics", []),
    ],
)
def test_its_line_says_what_a_licence_is_for(name, around, told):
    assert sorted(qualities("licence", name, around)) == sorted(told)


def test_other_things_are_for_nothing():
    assert qualities("skill", "Python", "Ohio") == []


def test_a_name_that_says_what_it_is_for_is_also_had_without_that():
    assert general_name("licence", "New York bar admission") == "bar admission"
    assert general_name("licence", "driver's license class CE") == "driver's license"
    assert general_name("licence", "CPA") == "CPA"


@pytest.mark.parametrize(
    ("asked", "had", "other", "untold"),
    [
        (["place:Texas"], ["place:Texas"], [], []),
        (["place:Texas"], ["place:Ohio"], ["Texas"], []),
        (["place:Texas"], [], [], ["Texas"]),
        (["place:Texas", "place:Ohio"], ["place:Ohio"], [], []),
        (["place:Texas"], ["place:Ohio", "place:any"], [], []),
        (["class:B"], ["class:CE"], [], []),
        (["class:C"], ["class:B"], ["C"], []),
        # A licence that says nothing is one for cars.
        (["class:B"], [], [], []),
        (["place:Texas", "subject:history"], ["place:Texas", "subject:music"], ["history"], []),
    ],
)
def test_of_each_kind_one_is_enough(asked, had, other, untold):
    assert lacking(asked, had) == (other, untold)


def test_a_heading_tells_of_the_line_below_it():
    text = "Jobs\nTeaching license\nOhio, history\nMusic in Iowa"
    assert line_around(text, 5, 21) == "Teaching license\nOhio, history"
    assert line_around("a; CPA, Ohio; b", 3, 6) == " CPA, Ohio"
