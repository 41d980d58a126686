"""Until when a document is kept, and a job's state: their forms, and that the newest counts in every order."""

import itertools

import pytest

from libs.contracts.revision import Revision
from libs.contracts.standing import (
    NAMES_NOTHING,
    NEVER_NAMED,
    InvalidStanding,
    Named,
    NamedStanding,
    Standing,
    attributes_of,
    named_by,
    named_in,
)

pytestmark = pytest.mark.unit


def at(offset: int) -> Revision:
    return Revision(1, offset)


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2027-01-01t00:00:00z", "2027-01-01T00:00:00Z"),
        ("2027-01-01T00:00:00+01:00", "2026-12-31T23:00:00Z"),
        ("2027-01-01T00:00:00.25-05:30", "2027-01-01T05:30:00.250000Z"),
        ("1999-01-01T00:00:00Z", "1999-01-01T00:00:00Z"),
        (None, None),
    ],
)
def test_an_end_is_kept_in_utc_whatever_its_offset(given, written):
    assert named_in({"expires_at": given}, "resume") == NamedStanding(expires_at=written)


@pytest.mark.parametrize(
    "given",
    ["2027-01-01", "2027-01-01T00:00:00", "2027-01-01 00:00:00Z", "2027-01-01T00:00Z", "2027-01-01T00:00:00+01",
     "2027-02-30T00:00:00Z", "9999-12-31T23:59:59-01:00", "tomorrow", "", " ", 1_800_000_000, True, [], {}],
)  # fmt: skip
def test_anything_else_is_refused_with_what_works(given):
    with pytest.raises(InvalidStanding, match="2027-01-01T00:00:00Z") as refused:
        named_in({"expires_at": given}, "job")
    assert refused.value.field == "expires_at"


@pytest.mark.parametrize("given", ["Open", "CA", "", 1, True, ["open"], {}])
def test_a_job_is_open_or_closed_and_nothing_else(given):
    with pytest.raises(InvalidStanding, match="open or closed") as refused:
        named_in({"state": given}, "job")
    assert refused.value.field == "state"


def test_a_resume_has_no_state():
    with pytest.raises(InvalidStanding, match="resume"):
        named_in({"state": "open"}, "resume")
    assert named_in({"state": None}, "resume") == NAMES_NOTHING


def test_what_is_not_named_is_told_from_what_is_taken_back():
    assert not named_in({"text": "x"}, "job")
    assert named_in({"expires_at": None, "state": None}, "job") == NamedStanding(None, None)
    assert named_in({"state": "closed"}, "job") == NamedStanding(state="closed")


@pytest.mark.parametrize(
    "named",
    [NAMES_NOTHING, NamedStanding(None, None), NamedStanding("2027-01-01T00:00:00Z"), NamedStanding(state="closed")],
)
def test_attributes_of_an_event_say_the_same(named):
    assert named_by(attributes_of(named), "job") == named


def test_a_structured_events_null_is_no_attribute():
    assert named_by({"expiresat": "null", "state": ""}, "job") == NamedStanding(state=None)


def test_of_each_the_newest_counts_in_every_order():
    said = [
        Standing(Named("a", at(1)), Named("closed", at(1))),
        Standing(Named("b", at(3)), None),
        Standing(Named("c", at(2)), Named("open", at(4))),
        NEVER_NAMED,
    ]
    for order in itertools.permutations(said):
        joined = NEVER_NAMED
        for each in order:
            joined = joined.joined(each)
        assert joined == Standing(Named("b", at(3)), Named("open", at(4)))
        assert joined.newest == at(4)
        assert joined.after(at(3)) == Standing(None, Named("open", at(4)))
