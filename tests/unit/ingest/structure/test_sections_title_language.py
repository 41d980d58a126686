"""Headings, titles and languages; offsets count code points of the stored text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.text_preparation import prepare
from services.ingest.structure.language import language_of
from services.ingest.structure.sections.sections import find_sections
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.title import MAX_LINE_CHARS, title_of

pytestmark = pytest.mark.unit


def resume(text: str, given_title: str | None = None) -> StoredText:
    return StoredText("resume", text, date(2026, 11, 1), given_title)


def titled(text: str, given_title: str | None) -> str | None:
    return title_of(resume(text, given_title), [], [], [])


RESUME = (
    "ADA EXAMPLE 😀\nWelder\n\nSummary\nTen years of TIG.\n\nWORK EXPERIENCE\nDock 4, Oslo\n• TIG welding\n\n"
    "Tools used:\nHammer\n\n教育背景\nNTNU"
)


def test_headings_of_all_kinds_open_sections_and_the_name_on_top_does_not():
    assert [section.title for section in find_sections(resume(RESUME))] == [
        "Summary",
        "WORK EXPERIENCE",
        "Tools used",
        "教育背景",
    ]


def test_offsets_cut_the_sections_out_of_the_text():
    cut = [RESUME[section.start : section.end] for section in find_sections(resume(RESUME))]
    assert cut[0] == "Summary\nTen years of TIG."
    assert cut[1] == "WORK EXPERIENCE\nDock 4, Oslo\n• TIG welding"
    assert cut[-1] == "教育背景\nNTNU"


@pytest.mark.parametrize(
    "line", ["I worked with the skills of a team.", "Java: ten years", "AWS", "ISO 9001:2015", "- Skilled:"]
)
def test_an_ordinary_line_is_no_heading(line):
    assert [section.title for section in find_sections(resume(f"Name\n{line}\nmore"))] in ([], ["Skilled"])


@given(st.text(st.sampled_from("AB cd:\n.É字😀SKILLS")))
def test_sections_lie_within_the_text_in_order(text):
    text = prepare(text)
    sections = find_sections(resume(text))
    bounds = [place for section in sections for place in (section.start, section.end)]
    assert bounds == sorted(bounds)
    assert all(section.start < section.end <= len(text) for section in sections)


def test_a_given_title_wins_and_is_one_line():
    assert titled("First line", " Senior\nWelder ") == "Senior Welder"


@pytest.mark.parametrize("given_title", [None, "", "  "])
def test_without_one_the_first_line_that_says_something_is_the_title(given_title):
    assert titled("---\n\nAda Example\nWelder", given_title) == "Ada Example"


def test_a_long_first_line_is_cut_between_words():
    title = titled("word " * 100, None)
    assert len(title) <= MAX_LINE_CHARS
    assert title.endswith("word")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have been working as an accountant for ten years and prepared the yearly statements of the company.", "en"),
        ("Ich habe zehn Jahre als Buchhalterin gearbeitet und die Abschlüsse der Gesellschaft vorbereitet.", "de"),
        ("J'ai travaillé pendant dix ans comme comptable et préparé les comptes annuels de la société.", "fr"),
        ("我在一家大型企业担任会计工作十年，负责编制年度财务报表，并与审计师合作完成年终审计工作。", "zh"),
        ("Java, SQL", None),
        ("+47 123 45 678\n" * 30, None),
    ],
)
def test_the_language_is_told_where_there_is_enough_text(text, language):
    assert language_of(text) == language
