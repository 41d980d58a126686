"""The stored text's form, whatever comes in: every offset in the system rests on it."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts import text_preparation
from libs.contracts.text_preparation import holds_text, job_text, one_line, prepare, without_forbidden

pytestmark = pytest.mark.unit

# Any code point, lone surrogates too, and often those that matter here.
ANYTHING = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cc", "Mn", "Zs"]),
        st.sampled_from(" \t\n\r\x00\x0b\x0c\x85\u2028\u00a0\u0301\u0327aeé\ud800"),
    )
)


@given(ANYTHING)
def test_preparing_a_prepared_text_changes_nothing(text):
    assert prepare(prepare(text)) == prepare(text)


@given(ANYTHING)
def test_a_prepared_text_is_of_the_stored_form(text):
    stored = prepare(text)
    assert unicodedata.is_normalized("NFC", stored)
    assert not [char for char in stored if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"]
    assert not re.search(r"[ \t]{2}|\t|\n{3}| \n|\n ", stored)
    assert stored == stored.strip(" \n")
    stored.encode()


@given(ANYTHING)
def test_every_visible_character_stays_and_in_its_order(text):
    def visible(text):
        kept = re.sub("[\ud800-\udfff]", "", text)
        kept = "".join(char for char in kept if unicodedata.category(char) != "Cc" and char not in " \u2028\u2029")
        return unicodedata.normalize("NFD", kept)

    # A combining mark may meet another letter once a space before it is gone; its place in the order stays.
    assert sorted(visible(prepare(text))) == sorted(visible(text))


@pytest.mark.parametrize(
    ("given_text", "stored"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("page one\fpage two\x0bthree", "page one\npage two\nthree"),
        ("  many \t\t spaces \n\n\n\n next ", "many spaces\n\nnext"),
        ("a\n \t \n\n\t\nb", "a\n\nb"),
        ("cafe\u0301", "caf\u00e9"),
        ("e\x07\u0301", "\u00e9"),
        ("cut within \ud83d an emoji \U0001f600", "cut within an emoji \U0001f600"),
        ("nul\x00and bell\x07", "nuland bell"),
        ("中文　简历\n\n工作经历", "中文　简历\n\n工作经历"),
        ("", ""),
        (" \n\t\r\n ", ""),
    ],
)
def test_examples(given_text, stored):
    assert prepare(given_text) == stored


def test_line_breaks_stay_because_boundaries_are_found_by_them():
    assert prepare("Skills\n- Java\n- SQL").split("\n") == ["Skills", "- Java", "- SQL"]


def test_a_title_becomes_one_line():
    assert one_line(prepare(" Senior\n\n Welder\t(m/f) ")) == "Senior Welder (m/f)"


def test_a_field_as_given_keeps_all_but_what_cannot_be_stored():
    assert without_forbidden("  a\x00\ud800\tb\n ") == "  a\tb\n "


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0\u3000", "\u200b\ufeff"])
def test_white_space_and_invisible_characters_are_no_text(text):
    assert not holds_text(text)


def test_joining_a_jobs_fields_normalizes_nothing(monkeypatch):
    """What is sent to the gateway is joined there on the spot, and marks without end take long to normalize."""
    monkeypatch.setattr(text_preparation, "unicodedata", None)
    assert job_text("e\u0301", None, ["a\n\u0301", "b"]) == "e\u0301\n\na \u0301\nb"
