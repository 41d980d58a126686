"""Metadata: a flat object of limited size."""

import pytest

from libs.contracts.cloudevents import read
from libs.contracts.documents import check_metadata, read_metadata
from libs.contracts.errors import RecordRejected

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "value", [{}, {"a": "x", "b": 1, "c": 1.5, "d": True, "e": ["x", "y"]}, {str(i): i for i in range(50)}]
)
def test_metadata_of_the_form_is_taken(value):
    assert check_metadata(value) == value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "object"),
        ({"a": {"b": 1}}, "string, number"),
        ({"a": [1]}, "list of strings"),
        ({"a": None}, "string, number"),
        ({str(i): i for i in range(51)}, "50 are allowed"),
        ({"a": "x" * 16_400}, "16384 are allowed"),
        ({"a": "\ud800"}, "'a' holds characters that JSON cannot carry"),
        ({"b": 0, "a": 2**63}, "'a' is a number that is too large"),
        ({"a": -(2**63) - 1}, "'a' is a number that is too large"),
        ({"a": float("inf")}, "'a' is a number that is too large"),
        ({"a": float("nan")}, "'a' is not a number"),
    ],
)
def test_other_metadata_is_refused_with_a_sentence(value, says):
    with pytest.raises(ValueError, match=says):
        check_metadata(value)


@pytest.mark.parametrize("number", ["9223372036854775808", "1e999", "1" * 5_000])
def test_a_number_too_large_in_json_is_refused_by_the_name_of_its_field(number):
    with pytest.raises(ValueError, match="'n' is a number that is too large"):
        read_metadata(f'{{"n": {number}}}')


@pytest.mark.parametrize(
    ("text", "says"), [("{", "not JSON"), ("[" * 100_000, "not JSON"), ("5", "must be an object"), ("", "not JSON")]
)
def test_what_is_no_json_object_is_no_metadata(text, says):
    with pytest.raises(ValueError, match=says):
        read_metadata(text)


@pytest.mark.parametrize("number", ["9223372036854775808", "1e999"])
def test_an_events_metadata_attribute_is_refused_for_the_same_reason(number):
    event = read(b"%PDF", [("ce_metadata", f'{{"n": {number}}}'.encode())])
    with pytest.raises(RecordRejected, match="'n' is a number that is too large"):
        event.metadata()
