"""DOCX: everything that a reader sees, once, in a reader's order; hostile packages are turned away unopened."""

import io
import zipfile

import pymupdf
import pytest

from libs.contracts.errors import RecordRejected
from libs.contracts.text_preparation import prepare
from services.ingest.parsing.parsers import docx, docx_package
from tests.fakes.word_files import append_xml, with_entries, word_file

pytestmark = pytest.mark.unit

TEXT_BOX = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"


def text_of(write) -> str:
    return prepare(docx.parse(word_file(write)).text)


def refused(data: bytes) -> RecordRejected:
    with pytest.raises(RecordRejected) as caught:
        docx.parse(data)
    return caught.value


def test_headers_body_tables_and_footers_come_in_a_readers_order():
    def write(document):
        document.sections[0].header.paragraphs[0].text = "Ada Example"
        document.sections[0].footer.paragraphs[0].text = "Oslo"
        document.add_paragraph("Before the table")
        table = document.add_table(rows=2, cols=2)
        for n, text in enumerate(["2019", "Welder", "2021", "Foreman"]):
            table.cell(n // 2, n % 2).text = text
        document.add_paragraph("After the table")

    assert text_of(write) == "Ada Example\n\nBefore the table\n2019 Welder\n2021 Foreman\nAfter the table\n\nOslo"


def test_cells_of_several_paragraphs_follow_one_another():
    def write(document):
        row = document.add_table(rows=1, cols=2).rows[0]
        row.cells[0].text = "Skills\nTIG"
        row.cells[1].text = "Contact\nOslo"

    assert text_of(write) == "Skills\nTIG\nContact\nOslo"


def test_a_nested_table_and_merged_cells_are_read_once():
    def write(document):
        table = document.add_table(rows=2, cols=2)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Merged"
        table.cell(1, 0).add_table(rows=1, cols=1).cell(0, 0).text = "Inner"
        table.cell(1, 1).text = "Outer"

    assert text_of(write) == "Merged\nInner Outer"


def test_a_text_box_is_read_once_though_it_is_written_twice():
    def write(document):
        document.add_paragraph("Before")
        append_xml(
            document,
            "<w:p><w:r><w:t>Anchor</w:t></w:r><w:r><mc:AlternateContent>"
            f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{TEXT_BOX}</wps:txbx></w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox>{TEXT_BOX}</v:textbox></w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r></w:p>",
        )
        document.add_paragraph("After")

    assert text_of(write) == "Before\nAnchor\nIn the box\nAfter"


def test_the_old_kind_of_text_box_is_read():
    def write(document):
        append_xml(document, f"<w:p><w:r><w:pict><v:textbox>{TEXT_BOX}</v:textbox></w:pict></w:r></w:p>")

    assert text_of(write) == "In the box"


def test_content_controls_links_insertions_tabs_and_breaks_are_read_deletions_and_page_numbers_are_not():
    def write(document):
        append_xml(
            document,
            "<w:sdt><w:sdtContent><w:p>"
            "<w:hyperlink><w:r><w:t>Linked</w:t></w:r></w:hyperlink>"
            "<w:ins><w:r><w:tab/><w:t>inserted</w:t></w:r></w:ins>"
            "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
            "<w:r><w:br/><w:t>non</w:t><w:noBreakHyphen/><w:t>breaking</w:t></w:r>"
            '<w:fldSimple w:instr=" PAGE "><w:r><w:t>7</w:t></w:r></w:fldSimple>'
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> NUMPAGES </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>9</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            "</w:p></w:sdtContent></w:sdt>",
        )

    assert text_of(write) == "Linked inserted\nnon-breaking"


def test_the_same_header_on_the_first_and_on_other_pages_counts_once():
    def write(document):
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.header.paragraphs[0].text = "Ada"
        section.first_page_header.paragraphs[0].text = "Ada"
        document.add_paragraph("Body")

    assert text_of(write) == "Ada\n\nBody"


def test_a_file_with_macros_is_read_like_any_other():
    data = word_file(lambda document: document.add_paragraph("Macro"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml").replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        )
    assert docx.parse(with_entries(data, {"[Content_Types].xml": types})).text == "Macro"


def test_a_file_without_a_word_is_empty():
    assert refused(word_file(lambda document: document.add_paragraph(" "))).code == "empty"


def test_pictures_alone_are_a_scan(tmp_path):
    picture = tmp_path / "scan.png"
    pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 9, 9), False).save(picture)
    assert refused(word_file(lambda document: document.add_picture(str(picture)))).code == "scanned_no_text"


PLAIN = word_file(lambda document: document.add_paragraph("Text"))


def test_too_many_parts_are_refused():
    many = {f"word/media/{n}.png": b"" for n in range(docx_package.MAX_ENTRIES + 1)}
    assert refused(with_entries(PLAIN, many)).code == "too_large"


@pytest.mark.parametrize("name", ["word/document.xml", "word/media/image.png"])
def test_a_small_file_that_unpacks_to_much_is_refused(name):
    bomb = with_entries(PLAIN, {name: b" " * (docx_package.MAX_BYTES + 1)})
    assert len(bomb) < 1_000_000
    assert refused(bomb).code == "too_large"


def test_a_part_that_unpacks_to_more_than_it_announces_is_refused():
    size = docx_package.MAX_XML_BYTES + 1
    bomb = with_entries(PLAIN, {"word/x.xml": b" " * size})
    lying = bomb.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != bomb
    assert refused(lying).code in ("too_large", "invalid_content")


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_a_doctype_is_refused_wherever_it_stands(encoding):
    entities = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">]><d>&a;</d>'
    padded = (" " * 65_530 + entities) if encoding == "ascii" else entities
    fault = refused(with_entries(PLAIN, {"word/settings.xml": padded.encode(encoding)}))
    assert fault.code == "invalid_content"
    assert "DOCTYPE" in fault.message


@pytest.mark.parametrize("cut", [100, len(PLAIN) // 2, len(PLAIN) - 30])
def test_a_file_cut_short_is_damaged(cut):
    assert refused(PLAIN[:cut]).code == "invalid_content"


def test_parts_that_are_no_xml_are_damage_not_a_crash():
    assert refused(with_entries(PLAIN, {"word/document.xml": b"<w:document"})).code == "invalid_content"
