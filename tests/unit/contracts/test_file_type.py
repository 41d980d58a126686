"""What a content is taken for: its bytes decide before its name does, and a refusal says what would work."""

import io
import zipfile

import pytest

from libs.contracts.errors import RecordRejected
from libs.contracts.file_type import FileType, file_type

pytestmark = pytest.mark.unit

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def zipped(**entries: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return buffer.getvalue()


DOCX = zipped(**{"[Content_Types].xml": f'<Override ContentType="{WORD_MAIN}"/>', "word/document.xml": ""})


def found(data: bytes, content_type: str = "", filename: str | None = None) -> FileType:
    return file_type(data, content_type, filename)


def refused(data: bytes, content_type: str = "", filename: str | None = None) -> tuple[str, str]:
    with pytest.raises(RecordRejected) as caught:
        found(data, content_type, filename)
    return str(caught.value.code), caught.value.message


@pytest.mark.parametrize(
    ("data", "content_type", "filename", "expected"),
    [
        (b"%PDF-1.7\n", "application/octet-stream", "cv.docx", FileType.PDF),
        (b"\r\n\x00%PDF-1.4", "", None, FileType.PDF),
        (b"MIME junk before\n%PDF-1.4", "application/pdf", None, FileType.PDF),
        (DOCX, "application/pdf", "cv.pdf", FileType.DOCX),
        (DOCX, "application/octet-stream", None, FileType.DOCX),
        (b'{"text": "x"}', "application/json; charset=utf-8", None, FileType.JSON),
        (b'{"text": "x"}', "application/octet-stream", "job.json", FileType.JSON),
        (b"Plain words", "text/plain", None, FileType.TEXT),
        (b"Plain words", "application/octet-stream", "cv.txt", FileType.TEXT),
        (b"Plain words", "", None, FileType.TEXT),
        ("Straße".encode("cp1252"), "", "cv", FileType.TEXT),
        ("\ufeffText".encode("utf-16-le"), "", None, FileType.TEXT),
        (b"BMW driver and mechanic", "", None, FileType.TEXT),
        (b"A text about %PDF- files", "text/plain", None, FileType.TEXT),
        (b"<!DOCTYPE html><html></html>", "application/octet-stream", "cv.doc", FileType.HTML),
        (b"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'/>", "", None, FileType.HTML),
        (b"<p>Welder</p>", "text/html; charset=utf-8", None, FileType.HTML),
        (b"<p>Welder</p>", "application/octet-stream", "cv.HTM", FileType.HTML),
        (b"%PDF-1.7\n", "text/html", "cv.html", FileType.PDF),
        (b"Ada\x00 Example\x00\nWelder in dry docks", "", None, FileType.TEXT),
    ],
)
def test_what_can_be_read(data, content_type, filename, expected):
    assert found(data, content_type, filename) is expected


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (OLE + "WordDocument".encode("utf-16-le"), ".doc"),
        (OLE, "old format"),
        (b"{\\rtf1\\ansi hello}", "RTF"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": ""}), "OpenDocument"),
        (zipped(**{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": ""}), "Excel"),
        (zipped(**{"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": ""}), "PowerPoint"),
        (zipped(**{"cv.txt": "hello"}), "ZIP"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "JPEG"),
        (b"<?xml version='1.0'?><cv/>", "XML"),
        (b"BM" + bytes(range(256)), "BMP"),
        (bytes(range(256)), "supported"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_supported_types_are_told(data, word):
    code, message = refused(data, "application/octet-stream", "cv")
    assert code == "unsupported_type"
    assert word in message
    assert "PDF, DOCX, HTML, JSON and plain text are supported" in message


def test_a_word_file_under_a_password_is_encrypted():
    assert refused(OLE + "EncryptedPackage".encode("utf-16-le"), "", "cv.docx")[0] == "encrypted"


@pytest.mark.parametrize(
    ("data", "content_type", "filename"),
    [
        (b"no pdf at all", "application/pdf", None),
        (b"no pdf at all", "", "cv.pdf"),
        (b"no docx at all", "", "cv.docx"),
        (DOCX[: len(DOCX) // 2], "", "cv.docx"),
    ],
)
def test_bytes_that_are_not_what_they_are_called_are_damaged(data, content_type, filename):
    assert refused(data, content_type, filename)[0] == "invalid_content"


def test_no_bytes_are_an_empty_file():
    assert refused(b"", "application/pdf", "cv.pdf")[0] == "empty"
