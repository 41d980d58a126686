"""Whatever a text is made of, its structure is found, and every offset lies within it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.contracts.identifiers import Kind
from libs.contracts.text_preparation import prepare
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.structure import find_structure

pytestmark = pytest.mark.unit

AS_OF = date(2026, 11, 1)
# Pieces of resumes and postings as they lie beside each other when a text is cut, mixed up or pasted.
WORDS = """
Experience|EDUCATION|Éducation|Skills:|Работа|学歴|الخبرة|ניסיון|Requirements|What we offer|looking for a|Senior Welder
Ada Lovelace|nurse 's|Koch|Inc.|GmbH|University of|B.Sc.|Diplom|M.A. in|GPA 3.9|Series 7|in progress|expected
2012 – Present|03/2019|Since|2 yrs 4 mos|Summer|2015–17|May|Jan.|2020年4月|depuis|bis heute|31.02.2020|99/9999
5+ years of
born|Né le|geb.|nationality:|married|he/him|12 High Street|75001 Paris|ada@mail.example|+49 30 1234567|www.|https://
at least|a plus|not required|must|no experience with|willing to learn|C++|R|Go|.NET|Java,|ISO 27001|$5M|C1|s|S|0|1|ß|İ|ǅ
•|-|–|:|;|,|.|(|)|/|*|'|"|’|&|@|#|%|年|月|日|ー|ا|ו"""
PIECES = [*WORDS.replace("\n", "|").split("|"), "|", "\t", "\n", "\n\n", "\u200f", "\u00ad", "\u2028", "\ufffd"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map(" ".join) | st.lists(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=25
).map("\n".join)


@given(text=TEXTS, kind=st.sampled_from(["resume", "job"]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_has_a_structure_within_its_bounds(text: str, kind: Kind) -> None:
    stored = prepare(text)
    found = find_structure(StoredText(kind, stored, AS_OF))
    placed = [*found.sections, *found.identity_spans, *found.entries, *found.mentions, *found.requirements_found]
    assert all(0 <= each.start < each.end <= len(stored) for each in placed)


@pytest.mark.parametrize("kind", ["resume", "job"])
@pytest.mark.parametrize("text", ["Hiring M's", "We are looking for 's\n's", "s", "'s Koch's 's"])
def test_an_apostrophe_that_stands_alone_breaks_nothing(text: str, kind: Kind) -> None:
    find_structure(StoredText(kind, prepare(text), AS_OF))
