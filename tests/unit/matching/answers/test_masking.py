"""A text is masked where it tells who a person is, and nowhere else; offsets stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.structure import IdentitySpan
from services.matching.answers.masking import MASK, hidden_words, masked_text, masked_words

pytestmark = pytest.mark.unit

TEXT = "Ada Example\nRegistered nurse\nada@example.org"
NAME, EMAIL = IdentitySpan(0, 11, "name"), IdentitySpan(29, 44, "email")


def test_what_tells_who_a_person_is_becomes_blocks_of_the_same_length() -> None:
    masked = masked_text(TEXT, [EMAIL, NAME])
    assert masked == f"{MASK * 3} {MASK * 7}\nRegistered nurse\n{MASK * 15}"
    assert hidden_words(TEXT, [NAME, EMAIL]) == ["Ada Example", "ada@example.org"]


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(max_size=60),
    places=st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70)), max_size=6),
)
def test_whatever_the_spans_are_nothing_moves_and_nothing_of_them_is_left(
    text: str, places: list[tuple[int, int]]
) -> None:
    spans = [IdentitySpan(min(pair), max(pair), "name") for pair in places]
    masked = masked_text(text, spans)
    assert len(masked) == len(text)
    hidden = {place for span in spans for place in range(max(span.start, 0), min(span.end, len(text)))}
    for place, (before, after) in enumerate(zip(text, masked, strict=True)):
        assert after == (before if place not in hidden or before.isspace() else MASK)


@pytest.mark.parametrize(
    ("shown", "masked"),
    [
        (None, None),
        ("Registered nurse", "Registered nurse"),
        ("Ada Example, registered nurse", "███ ███████, registered nurse"),
        ("EXAMPLE, Ada: nurse", "███████, ███: nurse"),
        ("Nurse (ada@example.org)", "Nurse (███████████████)"),
        # A word that only holds the name is another word.
        ("Adamant examples", "Adamant examples"),
    ],
)
def test_a_title_is_masked_wherever_it_names_the_person(shown: str | None, masked: str | None) -> None:
    assert masked_words(shown, hidden_words(TEXT, [NAME, EMAIL])) == masked


def test_a_short_part_of_a_name_masks_nothing_else() -> None:
    assert masked_words("J. Li, nurse in Li", ["J. Li"]) == "██ ██, nurse in Li"
