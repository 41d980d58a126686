"""What a key looks like, and what of it is told apart without asking anybody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.access.key_form import digest_of, id_in, is_key_id, new_key

pytestmark = pytest.mark.unit


def test_a_new_key_names_its_id_and_differs_from_every_other() -> None:
    made = [new_key() for _ in range(200)]
    assert all(id_in(each.key) == each.id and is_key_id(each.id) for each in made)
    assert len({each.key for each in made}) == len(made)
    assert all(digest_of(each.key) == each.digest and len(each.digest) == 32 for each in made)


@settings(max_examples=200, deadline=None)
@given(place=st.integers(0, 62), char=st.sampled_from("abcXYZ019_-"))
def test_a_key_in_which_one_character_is_another_is_none(place: int, char: str) -> None:
    key = new_key().key
    changed = key[:place] + char + key[place + 1 :]
    assert (id_in(changed) is None) == (changed != key)


@pytest.mark.parametrize("text", ["", "sl_", "nope", "a.b.c", "sl_é", "{key}x", " {key}"])
def test_what_was_not_made_here_is_no_key(text: str) -> None:
    assert id_in(text.format(key=new_key().key)) is None
