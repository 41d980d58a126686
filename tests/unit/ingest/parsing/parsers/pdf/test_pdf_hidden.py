"""PDF: text that nobody who looks at the page sees is left out and told of; what is seen stays."""

import pymupdf
import pytest

from services.ingest.parsing.parsers.pdf import pdf
from tests.fakes.pdf_files import image, lines, pdf_file, scan

pytestmark = pytest.mark.unit

BLACK, WHITE, GREY, BLUE = (0, 0, 0), (1, 1, 1), (0.8, 0.8, 0.8), (0.1, 0.2, 0.5)
TRICK = "Kubernetes Terraform"
PLACE = (60, 380, 400, 420)
WHOLE = pymupdf.Rect(0, 0, 595, 842)


def box(page, rect=PLACE, fill=BLACK, **how):
    page.draw_rect(pymupdf.Rect(rect), color=None, fill=fill, **how)


def trick(page, point=(72, 400), **how):
    page.insert_text(point, TRICK, **how)


def trick_in(clip):
    """The trick drawn after `clip`, operators of a content stream: y goes upwards in them."""

    def draw(page):
        trick(page)
        drawn = page.get_contents()[-1]
        page.parent.update_stream(drawn, b"q " + clip + page.parent.xref_stream(drawn) + b" Q")

    return draw


FIRST_LETTERS = b"60 432 30 30 re W n "
THE_PAGE = b"0 0 595 842 re W n "
LINE = b"0 0 m 9 9 l S "
SHAPE_OF_LETTERS = b"BT /helv 11 Tf 7 Tr 72 442 Td (Ku) Tj ET 0 Tr "


def read(*draws) -> tuple[str, list[str]]:
    """The text of a page drawn so, below "Barista", and its notes on hidden text."""

    def draw(page):
        lines("Barista in Galway")(page)
        for each in draws:
            each(page)

    parsed = pdf.parse(pdf_file(draw), 200_000)
    return parsed.text, [note.message for note in parsed.notes if note.code == "hidden_text"]


HIDDEN = {
    "white on paper": [lambda page: trick(page, color=WHITE)],
    "nearly white": [lambda page: trick(page, color=(0.98, 0.98, 0.97))],
    "white on a white box": [lambda page: box(page, fill=WHITE), lambda page: trick(page, color=WHITE)],
    "black on a black box": [box, trick],
    "grey on a grey box": [lambda page: box(page, fill=GREY), lambda page: trick(page, color=GREY)],
    "white on a white image": [
        lambda page: image(page, PLACE, 255),
        lambda page: trick(page, color=WHITE),
    ],
    "tiny": [lambda page: trick(page, fontsize=1.5)],
    "transparent": [lambda page: trick(page, fill_opacity=0, stroke_opacity=0)],
    "not painted": [lambda page: trick(page, render_mode=3)],
    "beside the page": [lambda page: trick(page, point=(700, 400))],
    "below the page": [lambda page: trick(page, point=(72, 1000))],
    "covered by a box": [trick, lambda page: box(page, fill=WHITE)],
    "covered by an image": [trick, lambda page: image(page, PLACE, 120)],
    "covered, and written over": [
        trick,
        lambda page: box(page, fill=WHITE),
        lambda page: page.insert_text((72, 400), "Espresso and latte art"),
    ],
    "not painted, beside an image of half a page": [
        lambda page: image(page, (0, 421, 595, 842), 90),
        lambda page: trick(page, render_mode=3),
    ],
}


@pytest.mark.parametrize("draws", HIDDEN.values(), ids=HIDDEN)
def test_what_nobody_sees_is_left_out_and_told_of(draws):
    text, notes = read(*draws)
    assert text.startswith("Barista in Galway")
    assert "Kubernetes" not in text
    assert len(notes) == 1
    assert TRICK in notes[0]
    assert "19 characters" in notes[0]


def test_what_covers_hidden_text_is_read():
    assert "Espresso and latte art" in read(*HIDDEN["covered, and written over"])[0]


def frame(page):
    """A filled shape around the page with a hole in it, painted last."""
    shape = page.new_shape()
    shape.draw_rect(pymupdf.Rect(10, 10, 585, 832))
    shape.draw_rect(pymupdf.Rect(20, 20, 575, 822))
    shape.finish(color=None, fill=BLUE, even_odd=True)
    shape.commit()


SEEN = {
    "white on a dark box": [box, lambda page: trick(page, color=WHITE)],
    "white on a dark image": [lambda page: image(page, PLACE, 30), lambda page: trick(page, color=WHITE)],
    "white on a thick line": [
        lambda page: page.draw_line((60, 396), (400, 396), color=BLUE, width=24),
        lambda page: trick(page, color=WHITE),
    ],
    "white with black outlines": [
        lambda page: trick(page, fontsize=30, render_mode=2, fill=WHITE, color=BLACK, border_width=0.05)
    ],
    "light grey": [lambda page: trick(page, color=GREY)],
    "two points": [lambda page: trick(page, fontsize=2)],
    "half transparent": [lambda page: trick(page, fill_opacity=0.5)],
    "on a box of another colour": [lambda page: box(page, fill=GREY), trick],
    "in a clip of the page": [trick_in(THE_PAGE)],
    "in a clip of its line": [trick_in(b"50 432 400 30 re W n ")],
    "behind a clip that has ended": [trick_in(b"q " + FIRST_LETTERS + LINE + b"Q ")],
    "under a frame painted later": [trick, frame],
    "under a line painted later": [trick, lambda page: page.draw_line((60, 396), (400, 396), color=BLACK)],
    "under a transparent box": [trick, lambda page: box(page, fill=(1, 1, 0), fill_opacity=0.3)],
    "under an image with a mask": [trick, lambda page: image(page, PLACE, 255, alpha=0)],
    "white on a page that is dark": [
        lambda page: box(page, (0, 100, 595, 842), BLUE),
        lambda page: trick(page, color=WHITE),
    ],
}


@pytest.mark.parametrize("draws", SEEN.values(), ids=SEEN)
def test_what_is_seen_stays(draws):
    text, notes = read(*draws)
    assert TRICK in text
    assert notes == []


def test_the_note_holds_the_first_two_hundred_characters():
    words = " ".join(f"keyword{n:03}" for n in range(60))
    _, notes = read(lambda page: page.insert_textbox(WHOLE, words, color=WHITE))
    assert words[:200] in notes[0]
    assert words[:212] not in notes[0]


def test_text_outside_the_crop_box_is_hidden_though_the_sheet_is_larger():
    def draw(page):
        lines("Barista in Galway", y=300)(page)
        trick(page, point=(72, 40))
        page.set_cropbox(pymupdf.Rect(0, 100, 595, 842))

    parsed = pdf.parse(pdf_file(draw), 200_000)
    assert parsed.text == "Barista in Galway"
    assert [note.code for note in parsed.notes] == ["hidden_text"]


def test_a_line_that_runs_off_the_page_is_read_as_far_as_it_is_seen():
    text, notes = read(lambda page: page.insert_text((500, 400), "Seen words and unseen words"))
    assert "Seen words" in text
    assert "unseen words" not in text
    assert "words" in notes[0]


def test_text_laid_over_a_scan_by_ocr_is_its_content():
    def draw(page):
        scan(page)
        for n, text in enumerate(["Ada Example", "Welder in dry docks", "Oslo, 2019 to 2024"]):
            page.insert_text((72, 100 + 20 * n), text, render_mode=3)

    parsed = pdf.parse(pdf_file(draw), 200_000)
    assert parsed.text.split() == "Ada Example Welder in dry docks Oslo, 2019 to 2024".split()
    assert parsed.notes == []


def test_text_laid_below_a_scan_by_ocr_is_its_content():
    def draw(page):
        lines("Ada Example", "Welder in dry docks")(page)
        scan(page)

    parsed = pdf.parse(pdf_file(draw), 200_000)
    assert parsed.text == "Ada Example\nWelder in dry docks"
    assert parsed.notes == []


def test_on_a_page_with_a_background_picture_and_text_in_sight_text_that_is_not_painted_is_hidden():
    def draw(page):
        scan(page)
        lines("Ada Example", "Welder in dry docks", "Night shifts at the harbour")(page)
        trick(page, render_mode=3)

    parsed = pdf.parse(pdf_file(draw), 200_000)
    assert parsed.text == "Ada Example\nWelder in dry docks\nNight shifts at the harbour"
    assert [note.code for note in parsed.notes] == ["hidden_text"]


def test_words_in_sight_that_are_painted_once_more_in_white_hide_nothing():
    text, notes = read(lambda page: page.insert_text((73, 400), TRICK, color=WHITE), trick)
    assert text.count(TRICK) == 1
    assert notes == []


def test_a_note_of_a_reader_on_the_page_hides_nothing():
    def draw(page):
        lines("Barista in Galway")(page)
        page.add_freetext_annot(pymupdf.Rect(60, 50, 300, 90), "Call her!", fill_color=WHITE)

    assert "Barista in Galway" in pdf.parse(pdf_file(draw), 200_000).text


CLIPS = {
    "alone": FIRST_LETTERS,
    "within one of the page": THE_PAGE + FIRST_LETTERS,
    "after many": 60 * (b"q " + THE_PAGE + LINE + b"Q ") + FIRST_LETTERS,
    "in the shape of letters": SHAPE_OF_LETTERS,
}


@pytest.mark.parametrize("clip", CLIPS.values(), ids=CLIPS)
def test_a_line_of_which_a_clip_shows_some_letters_only_is_left_out(clip):
    text, _ = read(trick_in(clip))
    assert text == "Barista in Galway"


def test_a_line_cut_through_at_a_pages_end_is_read_once():
    """Printed web pages repeat it on the next page, of which a clip shows the other part."""

    def with_clip(page, top, bottom):
        source = pymupdf.open()
        sheet = source.new_page(width=595, height=842)
        lines("Welder in dry docks", y=400)(sheet)
        page.show_pdf_page(pymupdf.Rect(0, top, 595, bottom), source, 0, clip=pymupdf.Rect(0, top, 595, bottom))

    def first(page):
        lines("Barista in Galway")(page)
        with_clip(page, 300, 394)

    parsed = pdf.parse(pdf_file(first, lambda page: with_clip(page, 394, 500)), 200_000)
    assert parsed.text.count("dry docks") == 1
    assert parsed.notes == []
