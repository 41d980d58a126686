"""Metadata: a flat object of limited size."""

import pytest

from libs.contracts.documents import check_metadata

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
        ({"a": "\ud800"}, "cannot carry"),
    ],
)
def test_other_metadata_is_refused_with_a_sentence(value, says):
    with pytest.raises(ValueError, match=says):
        check_metadata(value)
