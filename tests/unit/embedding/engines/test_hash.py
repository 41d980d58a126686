"""The engine for tests: deterministic, of unit length, alike where words are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.embedding.engines.hash import HashEngine

pytestmark = pytest.mark.unit


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_vectors_are_of_unit_length_and_the_same_from_every_engine(texts: list[str]) -> None:
    vectors = HashEngine().embed(texts)
    assert vectors.shape == (len(texts), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    alone = np.concatenate([HashEngine().embed([text]) for text in texts])
    assert np.array_equal(vectors, alone)


def test_texts_that_share_words_are_nearer_than_texts_that_do_not() -> None:
    nurse, nurses, driver = HashEngine().embed(
        ["registered nurse in intensive care", "a nurse with intensive care experience", "lorry driver, long distance"]
    )
    assert nurse @ nurses > 0.3 > abs(nurse @ driver)


def test_every_character_that_is_not_blank_lies_in_a_token() -> None:
    text = "A nurse_x (5 years) 工作 🙂"
    inside = {place for start, end in HashEngine().token_spans(text) for place in range(start, end)}
    assert inside == {place for place, char in enumerate(text) if not char.isspace()}
