"""PDF: text in reading order, and a reason in every other case."""

import pymupdf
import pytest

from libs.contracts.errors import RecordRejected
from libs.contracts.text_preparation import prepare
from services.ingest.parsing.parsers.pdf import pdf
from tests.fakes.pdf_files import lines, pdf_file, picture

pytestmark = pytest.mark.unit

LEFT = [f"left column line {n} of the resume" for n in range(6)]
RIGHT = [f"right column line {n} of the resume" for n in range(6)]


def text_of(data: bytes) -> str:
    return prepare(pdf.parse(data, 200_000).text)


def refused(data: bytes) -> RecordRejected:
    with pytest.raises(RecordRejected) as caught:
        pdf.parse(data, 200_000)
    return caught.value


def test_pages_follow_one_another_and_line_breaks_stay():
    assert text_of(pdf_file(lines("Ada", "Welder"), lines("Page two"))) == "Ada\nWelder\n\nPage two"


def test_a_gap_between_paragraphs_is_a_blank_line():
    def draw(page):
        lines("Skills", "TIG")(page)
        lines("Education", y=160)(page)

    assert text_of(pdf_file(draw)) == "Skills\nTIG\n\nEducation"


def test_two_columns_are_read_one_after_the_other_whatever_order_they_were_drawn_in():
    def draw(page):
        for n in range(6):
            lines(RIGHT[n], x=320, y=120 + 14 * n)(page)
            lines(LEFT[n], x=72, y=120 + 14 * n)(page)
        lines("A headline across both of the columns of this page, long as it is")(page)
        lines("A foot line across both of the columns of this page, long as it is", y=300)(page)

    text = text_of(pdf_file(draw))
    wanted = ["A headline", *LEFT, *RIGHT, "A foot line"]
    places = [text.index(line) for line in wanted]
    assert places == sorted(places)


def test_dates_beside_entries_stay_in_their_lines():
    def draw(page):
        for n in range(6):
            lines(f"Foreman at the dock number {n}", y=72 + 14 * n)(page)
            lines(f"201{n} - now", x=450, y=72 + 14 * n)(page)

    assert text_of(pdf_file(draw)).split("\n")[2] == "Foreman at the dock number 2 2012 - now"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_rotated_page_reads_like_an_upright_one(rotation):
    document = pymupdf.open()
    page = document.new_page()
    for n, text in enumerate(["Ada Example", "Welder", "Oslo"]):
        point = pymupdf.Point(100, 100 + 14 * n) * pymupdf.Matrix(page.rotation_matrix)
        page.insert_text(point, text)
    page.set_rotation(rotation)
    assert text_of(document.tobytes()) == "Ada Example\nWelder\nOslo"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_drawn_sideways_reads_in_order(turn):
    def draw(page):
        down = {90: (14, 0), 180: (0, -14), 270: (-14, 0)}[turn]
        for n, text in enumerate(["Ada Example", "Welder", "Oslo"]):
            page.insert_text((300 + n * down[0], 400 + n * down[1]), text, rotate=turn)

    assert text_of(pdf_file(draw)) == "Ada Example\nWelder\nOslo"


def test_ligatures_come_apart_and_hard_spaces_are_spaces():
    def draw(page):
        page.insert_htmlbox(page.rect, "<p>o\ufb03ce\u00a0\u00a0work so\u00adft</p>")

    assert "office work soft" in text_of(pdf_file(draw))


def test_a_pdf_that_asks_for_a_password_is_encrypted():
    data = pdf_file(lines("Secret"), encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")
    assert refused(data).code == "encrypted"


def test_an_empty_password_opens_what_it_can():
    data = pdf_file(lines("Open"), encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="", owner_pw="y")
    assert text_of(data) == "Open"


def test_pictures_alone_are_a_scan():
    assert refused(pdf_file(picture, picture)).code == "scanned_no_text"


def test_a_page_of_pictures_among_others_is_noted():
    parsed = pdf.parse(pdf_file(lines("Text"), picture), 200_000)
    assert parsed.text.strip() == "Text"
    assert [note.code for note in parsed.notes] == ["page_without_text"]
    assert "2" in parsed.notes[0].message


def test_blank_pages_are_empty():
    assert refused(pdf_file(lambda page: None)).code == "empty"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00\xff" * 500, b"%PDF-1.4\n1 0 obj\n<<"])
def test_what_cannot_be_opened_is_damaged(data):
    assert refused(data).code == "invalid_content"


def test_a_damaged_file_whose_text_survives_is_read_and_noted():
    data = pdf_file(lines("Survivor"))
    parsed = pdf.parse(data[: data.rindex(b"xref")], 200_000)
    assert parsed.text.strip() == "Survivor"
    assert [note.code for note in parsed.notes] == ["repaired"]


def test_form_fields_that_were_filled_in_are_read():
    def draw(page):
        lines("Name:")(page)
        field = pymupdf.Widget()
        field.field_type, field.field_name, field.field_value = pymupdf.PDF_WIDGET_TYPE_TEXT, "name", "Ada Example"
        field.rect = pymupdf.Rect(120, 60, 300, 80)
        page.add_widget(field)

    assert "Ada Example" in text_of(pdf_file(draw))


def test_attached_files_are_noted_as_left_out():
    document = pymupdf.open()
    lines("Text")(document.new_page())
    document.embfile_add("a.txt", b"attached")
    assert [note.code for note in pdf.parse(document.tobytes(), 200_000).notes] == ["attachments_left_out"]


def test_reading_stops_once_the_text_is_far_too_long():
    long_page = lines(*["word " * 10] * 20)
    parsed = pdf.parse(pdf_file(*[long_page] * 12), max_chars=500)
    assert 500 < len(parsed.text) < 7 * 500
