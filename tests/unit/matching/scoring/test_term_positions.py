"""One look at a text gives the terms that a look at each of its units would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.matching.scoring.term_positions import terms_and_unit_terms
from services.matching.scoring.terms import term_list, terms_of

PIECES = ["c++", "c#", ".net", "node.js", "_x", "don’t", "要求", "Java开发", "ΑΣ", "İ", "ı", "o'neil", "R", "a.b", "'s"]
PIECES += [" ", "\n", ".", ",", "。", "é", "e\u0301", "9", "ſ", "ﬁ", "\u200b", "-", "+", "#", "the", "welding"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.lists(st.integers(0, 40), max_size=6))
def test_terms_of_text_and_units_are_those_of_a_look_at_each(text: str, cuts: list[int]) -> None:
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    for some in (spans, sorted(spans)):
        everything, of_units = terms_and_unit_terms(text, some)
        assert everything == term_list(text)
        assert of_units == [terms_of(text[start:end]) for start, end in some]


def test_units_between_spaces_are_read_once() -> None:
    text = "TIG welding of hulls. Node.js, C++\nand .NET"
    everything, of_units = terms_and_unit_terms(text, [(0, 21), (22, 34), (35, 43)])
    assert of_units == [["tig", "weld", "hull"], ["node.js", "c++"], [".net"]]
    assert everything == [term for unit in of_units for term in unit]
