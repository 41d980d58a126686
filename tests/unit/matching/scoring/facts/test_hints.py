"""Skills that can be said in other words than their names."""

import pytest

from libs.contracts.structure import Mention
from services.matching.scoring.facts.asks import Ask, ask_of
from services.matching.scoring.facts.held import Held, HeldName
from services.matching.scoring.verdicts.deciding import hinted
from services.matching.scoring.verdicts.judged import MET, PARTIAL, Finding

pytestmark = pytest.mark.unit


def asked(text: str, written: str, name: str) -> Ask:
    at = text.index(written)
    return ask_of(text, 0, len(text), [Mention(at, at + len(written), type="skill", name=name)])


def strength(ask: Ask, words: float, *, names=None, denied=None) -> float:
    has = Held(names=names or {}, denied=denied or {}, stations=[], studies=[], amounts=[], language="en")
    return hinted(ask, has, Finding(words, by_facts=False), trust=1.0).strength


EHR = "electronic health records"
HELD = {f"skill:{EHR}": HeldName(None, (2,), 1)}


def test_a_skill_that_is_named_is_had_whatever_the_words():
    ask = asked("EHR documentation", "EHR", EHR)
    assert not ask.is_of_words
    assert "ehr" not in ask.words
    assert strength(ask, 0.1, names=HELD) >= MET


def test_an_abbreviation_that_nothing_spells_out_is_not_met():
    assert PARTIAL < strength(asked("EHR", "EHR", EHR), 0.9) < MET


def test_what_the_text_says_that_the_person_has_not_takes_the_words_away():
    ask = asked("pastry", "pastry", "pastry")
    assert strength(ask, 0.9, denied={"skill:pastry": "denied"}) == 0.0
    assert strength(ask, 0.9) == 0.9


@pytest.mark.parametrize(
    ("text", "degree", "subject"),
    [
        ("Degree in chemistry", 3, ["chemistri"]),
        ("A law degree", 3, ["law"]),
        ("2:1 degree", 3, []),
        ("a high degree of care", None, []),
        ("works at 90 degrees", None, []),
    ],
)
def test_a_degree_without_a_level_is_that_of_a_bachelor(text, degree, subject):
    ask = ask_of(text, 0, len(text), [])
    assert (ask.degree, ask.subject) == (degree, subject)


def test_the_signs_of_a_name_belong_to_it_where_a_requirement_ends_before_them():
    text = "Programming in C#"
    ask = ask_of(text, 0, len(text) - 1, [Mention(15, 17, type="skill", name="C#")])
    assert [each.name for group in ask.names for each in group] == ["C#"]


def test_who_is_to_be_bilingual_needs_both_languages():
    text = "Bilingual English/Spanish"
    found = [Mention(10, 17, type="language", name="English"), Mention(18, 25, type="language", name="Spanish")]
    assert len(ask_of(text, 0, len(text), found).names) == 2
