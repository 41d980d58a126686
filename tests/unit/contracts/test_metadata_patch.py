"""Merge patches of metadata: the cases of RFC 7396 that a flat object has, and what is refused."""

import pytest

from libs.contracts.metadata_patch import check_patch, patched, read_patch

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("metadata", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": 1}, {}, {"a": 1}),
        ({}, {"gone": None}, {}),
    ],
)
def test_a_patch_sets_what_it_names_and_removes_what_it_names_null(metadata, patch, result):
    before = dict(metadata)
    assert patched(metadata, check_patch(patch)) == result
    assert metadata == before


@pytest.mark.parametrize("patch", [None, [], "a", 1, {"a": {"b": 1}}, {"a": [1]}, {"a": float("nan")}, {"a": 2**80}])
def test_what_is_no_patch_of_metadata_is_refused_with_a_sentence(patch):
    with pytest.raises(ValueError, match="metadata"):
        check_patch(patch)


def test_a_patch_is_refused_that_removes_more_names_than_metadata_could_have_bytes():
    with pytest.raises(ValueError, match="16384 are allowed"):
        check_patch({f"name-{number}": None for number in range(2000)})


def test_a_name_that_json_cannot_carry_is_refused_also_where_it_is_to_be_removed():
    with pytest.raises(ValueError, match="JSON cannot carry"):
        check_patch({"\ud83d": None})


def test_json_that_cannot_be_read_is_refused():
    with pytest.raises(ValueError, match="not JSON"):
        read_patch(b"{nothing")


def test_a_result_of_too_many_entries_is_refused():
    full = {f"k{number}": number for number in range(50)}
    assert len(patched(full, {"k0": None, "more": 1})) == 50
    with pytest.raises(ValueError, match=r"with the change, metadata has 51 entries"):
        patched(full, {"more": 1})
