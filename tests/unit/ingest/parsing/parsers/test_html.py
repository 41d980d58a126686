"""HTML pages as files: their text in the encoding that the page itself or its sender names."""

import pytest

from libs.contracts.errors import RecordRejected
from libs.contracts.file_type import FileType
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsers import html
from services.ingest.parsing.parsing import parse

pytestmark = pytest.mark.unit

PAGE = (
    '<!DOCTYPE html><html><head><meta charset="{}"><title>x</title></head>'
    "<body><h1>Łucja Żak</h1><p>Spawaczka</p></body></html>"
)


@pytest.mark.parametrize("charset", ["utf-8", "windows-1250", "iso-8859-2"])
def test_a_page_is_read_in_the_charset_that_its_head_names(charset):
    assert html.parse(PAGE.format(charset).encode(charset)).text == "Łucja Żak\nSpawaczka"


def test_what_the_sender_names_weighs_more_than_the_head():
    data = PAGE.format("iso-8859-1").encode("iso-8859-2")
    assert html.parse(data, "text/html; charset=iso-8859-2").text == "Łucja Żak\nSpawaczka"


def test_a_page_that_names_utf_16_in_single_bytes_is_read_by_its_bytes():
    assert html.parse(PAGE.format("utf-16").encode()).text == "Łucja Żak\nSpawaczka"


def test_a_fragment_called_html_is_a_page_and_a_plain_text_called_html_keeps_its_lines():
    assert html.parse(b"<p>Welder<p>Docks").text == "Welder\n\nDocks"
    assert html.parse(b"Ada Example\nWelder\n\n- TIG < MAG\n").text == "Ada Example\nWelder\n\n- TIG < MAG\n"


def test_what_a_page_hides_is_noted_beside_a_guessed_encoding():
    raw = html.parse("<p>Schweißer in Köln</p><p hidden>Kubernetes</p>".encode("cp1252"))
    assert [note.code for note in raw.notes] == ["encoding_guessed", "hidden_text"]


def test_other_bytes_under_the_name_of_html_are_refused():
    with pytest.raises(RecordRejected) as caught:
        html.parse(bytes(range(256)) * 4, "text/html")
    assert caught.value.code == "unsupported_type"


def test_a_page_becomes_a_document_of_its_own_type():
    content = Content(kind="job", as_of="2026-11-01", data=b"<html><p>Welder</p><ul><li>TIG</li></ul>")
    document = parse(content, 200_000)
    assert (document.file_type, document.text) == (FileType.HTML, "Welder\n• TIG")
