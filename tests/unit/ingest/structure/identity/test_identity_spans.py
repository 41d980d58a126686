"""Identity spans are in order, apart and trimmed, whatever the text; a hostile text takes no long time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.structure import IdentitySpan, Section
from services.ingest.structure.identity.identity import find_identity, load
from services.ingest.structure.stored_text import StoredText

pytestmark = pytest.mark.unit

PIECES = (
    "Velora Quintash|Mr. |References\n|\n| |, |velora@mail.example|+1 415 555 0133|Date of birth: |12.03.1988|she/her|"
    "王小明|linkedin.com/in/velora|12 Main St, Austin, TX|is |İ|ß|@|.|’s|Name: |married, two children|(at)|\u200d|(|"
    "to |Ковалёвой"
).split("|")


def identity(text: str, sections: list[Section] | None = None) -> list[IdentitySpan]:
    return find_identity(StoredText(kind="resume", text=text, as_of=date(2026, 1, 1)), sections or [])


@settings(deadline=None, max_examples=80)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=25).map("".join))
def test_spans_are_in_order_apart_and_trimmed(text: str) -> None:
    end_of_last = 0
    for span in identity(text):
        assert end_of_last <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        end_of_last = span.end


def test_an_empty_text_tells_nobody() -> None:
    assert identity("") == []
    assert identity("\n \n") == []


def test_given_sections_end_the_head() -> None:
    text = "Velora Quintash\nvelora@mail.example\nLo que hice\nSkanska, Austin, TX\n512 555 01 99"
    start = text.index("Lo que hice")
    sections = [Section(start=start, end=len(text), title="Lo que hice", kind="experience")]
    assert [span.type for span in identity(text, sections)] == ["name", "email"]


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "12 ",
        "@",
        "a@",
        "a.",
        "Mr. ",
        "Name: ",
        "S/o ",
        "(spouse)",
        "Address: ",
        "Address\t",
        "I live in Ab ",
        "I live in A-",
        "34 ans ",
        "married and ",
        "800-ABC",
        "*1.",
        "现居中",
        "A. ",
        "Co. Ab, ",
        "born ",
        "she/",
        "Austin, ",
        "王",
        "Velora Quintash ",
        "a\n",
        "' ",
        "+1 ",
    ],
)
@pytest.mark.timeout(30)
def test_a_hostile_text_is_read_to_its_end(piece: str) -> None:
    load()
    text = (piece * 60_000)[:60_000]
    spans = identity(text)
    places = [place for span in spans for place in (span.start, span.end)]
    assert places == sorted(places)
