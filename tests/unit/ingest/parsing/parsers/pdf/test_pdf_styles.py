"""PDF: how each line stands on its page, and the words whose letters its fonts set apart."""

import pymupdf
import pytest

from services.ingest.parsing.content import Content
from services.ingest.parsing.parsers.pdf import pdf
from services.ingest.parsing.parsing import parse
from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.unit

BODY = [f"Welded hulls of ships in dry dock number {n}" for n in range(5)]


def resume(page):
    page.insert_text((72, 60), "Ada Example", fontsize=22, fontname="hebo")
    page.insert_text((72, 100), "EXPERIENCE", fontsize=11, fontname="hebo", color=(0.1, 0.3, 0.7))
    lines(*BODY, y=116)(page)
    page.insert_text((72, 260), "EDUCATION", fontsize=13)
    page.insert_text((72, 276), "Welding school", fontsize=8)


def test_each_line_has_its_size_weight_colour_and_the_gap_above():
    parsed = parse(Content(kind="resume", as_of="2026-11-01", data=pdf_file(resume)), 200_000)
    held = [line for line in parsed.text.split("\n") if line]
    style = dict(zip(held, parsed.line_styles, strict=True))
    assert (style["Ada Example"].size, style["Ada Example"].bold, style["Ada Example"].coloured) == (2.0, True, False)
    assert (style["EXPERIENCE"].size, style["EXPERIENCE"].bold, style["EXPERIENCE"].coloured) == (1.0, True, True)
    assert all(style[line].size == 1.0 and not style[line].bold and not style[line].coloured for line in BODY)
    assert style["EDUCATION"].size == pytest.approx(13 / 11, abs=0.01)
    assert style["Welding school"].size == pytest.approx(8 / 11, abs=0.01)
    assert style["Ada Example"].gap == 0
    assert style["EDUCATION"].gap > 4 > 1 > style[BODY[1]].gap


def test_a_line_looks_as_most_of_it_does():
    def draw(page):
        lines(*BODY, y=116)(page)
        page.insert_text((72, 60), "Foreman at the dock,", fontname="hebo")
        page.insert_text((200, 60), "2019")

    parsed = pdf.parse(pdf_file(draw), 200_000)
    assert parsed.text.startswith("Foreman at the dock, 2019\n")
    assert parsed.styles[0].bold


def test_there_is_a_style_for_each_line_of_all_pages_and_none_for_blank_ones():
    parsed = pdf.parse(pdf_file(resume, lines("Page two"), resume), 200_000)
    held = parsed.text.split("\n")
    assert len(held) == len(parsed.styles)
    assert [bool(line) for line in held] == [style is not None for style in parsed.styles]


def spaced(page, text, y, gap, word_gap, size=12):
    """Paints a text letter by letter, `gap` between letters and `word_gap` between words, in points."""
    font = pymupdf.Font("helv")
    x = 72.0
    for word in text.split():
        for letter in word:
            page.insert_text((x, y), letter, fontsize=size)
            x += font.text_length(letter, size) + gap
        x += word_gap - gap


@pytest.mark.parametrize(("gap", "word_gap"), [(3, 9), (5, 12), (8, 20), (14, 32)])
def test_gaps_tell_the_words_of_letters_that_a_font_sets_apart(gap, word_gap):
    def draw(page):
        spaced(page, "JORDAN MERCER", 72, gap, word_gap)
        lines("Product designer in Oslo", y=120)(page)

    parsed = parse(Content(kind="resume", as_of="2026-11-01", data=pdf_file(draw)), 200_000)
    assert parsed.text == "JORDAN MERCER\n\nProduct designer in Oslo"


def test_spaces_that_were_painted_tell_the_words_where_gaps_are_uneven():
    def draw(page):
        font = pymupdf.Font("helv")
        x = 72.0
        for n, letter in enumerate("WORK EXPERIENCE"):
            page.insert_text((x, 72), letter, fontsize=12)
            x += font.text_length(letter, 12) + (6 if n % 3 else 1.5)
        lines("Product designer in Oslo", y=120)(page)

    parsed = parse(Content(kind="resume", as_of="2026-11-01", data=pdf_file(draw)), 200_000)
    assert parsed.text == "WORK EXPERIENCE\n\nProduct designer in Oslo"


def test_short_words_are_not_taken_for_letters_apart():
    def draw(page):
        lines("A B C D Go R", "I am in on it at 5", "R & D, Q & A, P & L")(page)

    parsed = parse(Content(kind="resume", as_of="2026-11-01", data=pdf_file(draw)), 200_000)
    assert parsed.text == "A B C D Go R\nI am in on it at 5\nR & D, Q & A, P & L"


def test_a_damaged_file_without_text_is_damaged():
    from libs.contracts.errors import RecordRejected

    data = pdf_file(lambda page: None, lines("Text"))
    with pytest.raises(RecordRejected) as caught:
        pdf.parse(data[:400], 200_000)
    assert caught.value.code == "invalid_content"
