"""Terms: what counts as a word, and how telling it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.scoring.terms import STATISTICS, idf, term_list, terms_of, word_cover, word_list

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++, C# and .NET; Node.js", ["c++", "c#", ".net", "node.js"]),
        ("managing managers of the managed", ["manag", "manag", "manag"]),
        ("C, R and Go", ["c", "r", "go"]),
        ("ISO 9001", ["iso", "9001"]),
        ("Ingénieur électricien", ["ingénieur", "électricien"]),
        ("数据分析师", ["数据", "据分", "分析", "析师"]),
        ("会 Java", ["会", "java"]),
        ("Java开发工程师 5年", ["java", "开发", "发工", "工程", "程师", "5", "年"]),
        ("the of and", []),
        ("8 years", ["8", "year"]),
        ("R&D", ["r", "d"]),
        ("we go to Go", ["go", "go"]),
        ("ASP.NET and .net core", ["asp.net", ".net", "core"]),
        ("Ｊａｖａ　Ｃ＋＋ ８年", ["java", "c++", "8", "年"]),
        ("ｴﾝｼﾞﾆｱ", ["エン", "ンジ", "ジニ", "ニア"]),
        ("eﬃcient ofﬁce", ["effici", "offic"]),
        ("ja\u200bva so\u00adft\u00adware \ufeffgo", ["java", "softwar", "go"]),
        ("m\u200fa\u2066b", ["mab"]),
        ("İSTANBUL istanbul Istanbul ıstanbul", ["istanbul"] * 4),
        ("Résumé resume", ["résumé", "resum"]),
        ("m² ½ €", ["m²", "½"]),
        ("", []),
    ],
)
def test_terms_of_a_text(text: str, expected: list[str]) -> None:
    assert term_list(text) == expected


def test_terms_of_names_each_once_in_order() -> None:
    assert terms_of("java sql java python sql") == ["java", "sql", "python"]


def test_words_are_terms_and_function_words_in_order() -> None:
    assert word_list("The head of C++ Sales, for 销售员") == ["the", "head", "of", "c++", "sale", "for", "销售", "售员"]


@given(st.text())
def test_words_without_the_function_words_are_the_terms(text: str) -> None:
    words, terms = word_list(text), term_list(text)
    left = iter(words)
    assert all(term in left for term in terms)
    assert not any(" " in word for word in words)


def test_a_rare_term_tells_more_than_a_frequent_one_and_an_unknown_one_as_much_as_the_rarest() -> None:
    assert idf("experi") < idf("java") < idf("kubernet") <= idf("no-such-term")


def test_the_statistics_hold_terms_and_figures_only() -> None:
    rows = [line.split("\t") for line in STATISTICS.read_text(encoding="utf-8").splitlines()]
    assert all(len(row) == 2 and row[1].isdigit() for row in rows)
    assert not any(" " in row[0] for row in rows)
    assert 1_000 < len(rows) <= 8_002


def test_the_statistics_agree_with_how_terms_are_made_today() -> None:
    listed = {line.split("\t")[0] for line in STATISTICS.read_text(encoding="utf-8").splitlines()}
    assert set(terms_of("nursing nurses accountants programming engineered welding cooking taught")) <= listed


def test_word_cover_grows_with_each_word_held_and_stays_between_none_and_all() -> None:
    weights = np.array([3.0, 1.0], dtype=np.float32)
    covers = [
        word_cover(weights, np.array(counts, dtype=np.float32), 300)
        for counts in ([0, 0], [0, 1], [1, 0], [1, 1], [9, 9])
    ]
    assert covers == sorted(covers)
    assert covers[0] == 0.0
    assert covers[-1] < 1.0


def test_word_cover_of_no_words_is_nothing() -> None:
    assert word_cover(np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32), 0) == 0.0
