"""Phrases in texts."""

from __future__ import annotations

import pytest

from services.matching.answers.query.text_words import TextWords

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
