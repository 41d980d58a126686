"""DOCX: hidden text is left out and told of; each line has its style."""

import pytest
from docx.enum.dml import MSO_THEME_COLOR
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from services.ingest.parsing.parsers import docx
from tests.fakes.word_files import append_xml, word_file

pytestmark = pytest.mark.unit

TRICK = "Kubernetes Terraform"
WHITE, BLACK = RGBColor(255, 255, 255), RGBColor(0, 0, 0)


def read(write) -> tuple[str, list[str]]:
    def whole(document):
        document.add_paragraph("Barista in Galway")
        write(document)

    parsed = docx.parse(word_file(whole))
    return parsed.text, [note.message for note in parsed.notes if note.code == "hidden_text"]


def run(document, **font):
    made = document.add_paragraph("and ").add_run(TRICK)
    for name, value in font.items():
        setattr(made.font, name, value)
    return made


def shade(properties, fill):
    element = OxmlElement("w:shd")
    element.set(qn("w:val"), "clear")
    element.set(qn("w:fill"), fill)
    properties.append(element)


def vanish_by_paragraph_style(document):
    style = document.styles.add_style("Ghost", WD_STYLE_TYPE.PARAGRAPH)
    style.font.hidden = True
    document.styles.add_style("Child of it", WD_STYLE_TYPE.PARAGRAPH).base_style = style
    document.add_paragraph(TRICK, style="Child of it")


def vanish_by_character_style(document):
    document.styles.add_style("Ghost", WD_STYLE_TYPE.CHARACTER).font.hidden = True
    document.add_paragraph("and ").add_run(TRICK, style="Ghost")


def white(document):
    run(document).font.color.rgb = WHITE


def white_by_style(document):
    document.styles.add_style("Pale", WD_STYLE_TYPE.CHARACTER).font.color.rgb = WHITE
    document.add_paragraph("and ").add_run(TRICK, style="Pale")


def white_in_a_cell(document):
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.paragraphs[0].add_run(TRICK).font.color.rgb = WHITE


def black_on_black(document):
    made = run(document)
    made.font.color.rgb = BLACK
    shade(made._element.get_or_add_rPr(), "000000")


def in_a_text_box(document):
    append_xml(
        document,
        "<w:p><w:r><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:rPr><w:vanish/></w:rPr>"
        f"<w:t>{TRICK}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r></w:p>",
    )


HIDDEN = {
    "vanish": lambda document: run(document, hidden=True),
    "vanish by paragraph style": vanish_by_paragraph_style,
    "vanish by character style": vanish_by_character_style,
    "vanish in a text box": in_a_text_box,
    "white": white,
    "white by style": white_by_style,
    "white in a cell": white_in_a_cell,
    "black on black": black_on_black,
    "one and a half points": lambda document: run(document, size=Pt(1.5)),
}


@pytest.mark.parametrize("write", HIDDEN.values(), ids=HIDDEN)
def test_what_nobody_sees_is_left_out_and_told_of(write):
    text, notes = read(write)
    assert text.startswith("Barista in Galway")
    assert TRICK not in text
    assert len(notes) == 1
    assert TRICK in notes[0]


def white_on_a_shaded_run(document):
    made = run(document)
    made.font.color.rgb = WHITE
    shade(made._element.get_or_add_rPr(), "1F3864")


def white_on_a_shaded_paragraph(document):
    made = run(document)
    made.font.color.rgb = WHITE
    shade(made._parent._element.get_or_add_pPr(), "1F3864")


def white_in_a_shaded_cell(document):
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    shade(cell._element.get_or_add_tcPr(), "1F3864")
    cell.paragraphs[0].add_run(TRICK).font.color.rgb = WHITE


def white_in_a_table_whose_style_shades_its_head(document):
    table = document.add_table(rows=1, cols=1, style="Medium Shading 1 Accent 1")
    table.cell(0, 0).paragraphs[0].add_run(TRICK).font.color.rgb = WHITE


def white_highlighted(document):
    append_xml(
        document,
        '<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/><w:highlight w:val="darkBlue"/></w:rPr>'
        f"<w:t>{TRICK}</w:t></w:r></w:p>",
    )


def white_in_a_filled_box(document):
    append_xml(
        document,
        '<w:p><w:r><w:pict><v:rect fillcolor="#1f3864"><v:textbox><w:txbxContent><w:p><w:r>'
        f'<w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{TRICK}</w:t></w:r></w:p>'
        "</w:txbxContent></v:textbox></v:rect></w:pict></w:r></w:p>",
    )


def shown_again(document):
    style = document.styles.add_style("Ghost", WD_STYLE_TYPE.PARAGRAPH)
    style.font.hidden = True
    document.add_paragraph(style="Ghost").add_run(TRICK).font.hidden = False


def theme_colour(document):
    run(document).font.color.theme_color = MSO_THEME_COLOR.ACCENT_1


SEEN = {
    "two points": lambda document: run(document, size=Pt(2)),
    "white on a shaded run": white_on_a_shaded_run,
    "white on a shaded paragraph": white_on_a_shaded_paragraph,
    "white in a shaded cell": white_in_a_shaded_cell,
    "white in a shaded table": white_in_a_table_whose_style_shades_its_head,
    "white, highlighted": white_highlighted,
    "white in a filled box": white_in_a_filled_box,
    "shown again within hidden text": shown_again,
    "a colour of the theme": theme_colour,
}


@pytest.mark.parametrize("write", SEEN.values(), ids=SEEN)
def test_what_is_seen_stays(write):
    text, notes = read(write)
    assert TRICK in text
    assert notes == []


def test_lines_have_sizes_weight_colour_and_gaps():
    def write(document):
        document.styles["Normal"].font.size = Pt(11)
        document.add_paragraph().add_run("Ada Example").font.size = Pt(22)
        document.add_heading("Experience", level=2)
        for n in range(5):
            document.add_paragraph(f"Welded hulls of ships in dry dock {n}").paragraph_format.space_before = Pt(0)
        made = document.add_paragraph()
        made.paragraph_format.space_before = Pt(26.4)
        made.add_run("EDUCATION").bold = True
        document.add_paragraph().add_run("in red").font.color.rgb = RGBColor(200, 0, 0)

    parsed = docx.parse(word_file(write))
    held = parsed.text.split("\n")
    assert len(held) == len(parsed.styles)
    style = dict(zip(held, parsed.styles, strict=True))
    assert (style["Ada Example"].size, style["Ada Example"].bold) == (2.0, False)
    assert style["Experience"].size >= 1.3
    assert style["Experience"].bold
    assert (style["Welded hulls of ships in dry dock 1"].size, style["EDUCATION"].bold) == (1.0, True)
    assert style["EDUCATION"].gap == pytest.approx(2.0)
    assert style["in red"].coloured
    assert not style["EDUCATION"].coloured


def test_a_blank_paragraph_is_a_gap_and_has_no_style():
    def write(document):
        for text in ("One", "", "", "Two"):
            document.add_paragraph(text)

    parsed = docx.parse(word_file(write))
    assert [style is None for style in parsed.styles] == [False, True, True, False]
    assert parsed.styles[3].gap >= 2


def test_a_break_within_a_paragraph_begins_a_line_with_a_look_of_its_own():
    def write(document):
        paragraph = document.add_paragraph()
        paragraph.add_run("Ada Example\n").font.size = Pt(22)
        paragraph.add_run("Welder in dry docks and at sea, in Oslo and elsewhere").font.size = Pt(11)

    parsed = docx.parse(word_file(write))
    assert parsed.text.startswith("Ada Example\nWelder")
    assert [style.size for style in parsed.styles] == [2.0, 1.0]
