"""Phrases in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.answers.query.text_words import TextWords
from services.matching.scoring.terms import word_list

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "phrase", "holds"),
    [
        ("Team\nLead", ["team", "lead"], True),
        ("steam lead", ["team", "lead"], False),
        ("team leadership", ["team", "lead"], False),
        ("机器学习工程师", ["机器", "器学", "学习"], True),
        ("学习机器", ["机器", "器学", "学习"], False),
        ("", ["team"], False),
        ("Programs in R.", ["r"], True),
        ("R, Python and C/C++", ["r"], True),
        ("R, Python and C/C++", ["c"], True),
        ("C++ and C#", ["c"], False),
        ("R&D and R & D", ["r"], False),
        ("B.S. in R", ["r"], True),
        ("B.S. in U.S.A.", ["s"], False),
        ("Ｒ and Ｃ", ["c"], True),
    ],
)
def test_a_phrase_is_words_side_by_side_and_a_letter_stands_alone(text: str, phrase: list[str], holds: bool) -> None:
    assert TextWords(text).hold(phrase) is holds


WORDS = (
    "dying die skies sky skis lying tied news happily happy relational relate sensibility organizations organ hoping"
    " hopped controlling controlled cried cries idly early only gently nurse's nurses’ o'clock the of A&B C++ Node.js"
    " R&D e-mail 2nd 8+ naïve İzmir Ｊａｖａ oﬃce ja\u200bva 机器 Java开发 m² part_time GENERALLY university universe"
)


@given(st.lists(st.tuples(st.sampled_from(WORDS.split()), st.sampled_from([" ", ", ", "\n", " - ", "…"]))), st.data())
def test_every_stretch_of_a_text_is_a_phrase_of_it(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    text = "".join(word + between for word, between in parts)
    words = word_list(text)
    start = data.draw(st.integers(0, len(words)))
    phrase = words[start : data.draw(st.integers(start, len(words)))]
    assert len(phrase) < 2 or TextWords(text).hold(phrase)
