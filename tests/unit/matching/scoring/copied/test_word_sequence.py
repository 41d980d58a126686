"""The words of a text, and with which of them each unit begins."""

import random
from itertools import pairwise

import pytest

from services.matching.scoring.copied.word_sequence import word_sequence
from services.matching.scoring.terms import word_list

pytestmark = pytest.mark.unit


def units_of(text: str, *starts: int) -> list[list[str]]:
    words, begins = word_sequence(text, starts)
    return [words[start:end] for start, end in pairwise(begins)]


def test_each_unit_has_its_words_with_function_words():
    text = "Led the team\nWrote code in C++ and Node.js"
    assert units_of(text, 0, 13) == [["led", "the", "team"], ["wrote", "code", "in", "c++", "and", "node.js"]]


def test_words_outside_units_belong_to_the_one_before():
    text = "outside first between second"
    assert units_of(text, 8, 22) == [["outsid", "first", "between"], ["second"]]


def test_a_unit_that_begins_within_a_word_begins_behind_it():
    assert units_of("node.js coding", 0, 5) == [["node.js"], ["code"]]


def test_a_text_without_units_has_words_all_the_same():
    assert word_sequence("two words", []) == (["two", "word"], [2])


def test_a_text_without_words_has_empty_units():
    assert word_sequence("* *", [0, 2]) == ([], [0, 0, 0])


@pytest.mark.parametrize(
    "text",
    [
        "Led the team at R&D; built C++/C# tools, it's O'Brien's node.js and asp.net, 3.5 years, résumé naïve",
        "熟悉Java开发和数据结构，具有5年经验。Python工程师，本科",
        "データ分析のコンサルタント、ＪＡＶＡ　経験３年",
        "co\u00adop\u200beration between 会\u200b社 and e\ufb03cient work of the İstanbul office",
    ],
)
def test_the_words_are_those_of_the_whole_text_wherever_units_begin(text):
    chance = random.Random(1)
    for _ in range(300):
        starts = sorted(chance.choices(range(len(text) + 1), k=chance.randint(1, 12)))
        words, begins = word_sequence(text, starts)
        assert words == word_list(text)
        assert begins == sorted(begins)
        assert (begins[0], begins[-1], len(begins)) == (0, len(words), len(starts) + 1)
