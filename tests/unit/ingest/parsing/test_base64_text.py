"""A file that was encoded as text is refused, and its sender told what it is."""

from __future__ import annotations

import base64
import random

import pytest

from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.content import Content
from services.ingest.parsing.parsing import parse
from tests.fakes.pdf_files import lines, pdf_file

pytestmark = pytest.mark.unit

BINARY = random.Random(4711).randbytes(600)


def _parsed(text: str | bytes, content_type: str = "text/plain", filename: str | None = None) -> str:
    data = text.encode() if isinstance(text, str) else text
    content = Content(kind="resume", data=data, as_of="2026-12-01", content_type=content_type, filename=filename)
    return parse(content, 200_000).text


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n" + BINARY, "a PDF"),
        (b"PK\x03\x04" + BINARY, "a DOCX or another ZIP file"),
        (b"\x89PNG\r\n\x1a\n" + BINARY, "a PNG image"),
        (BINARY, "a binary file"),
        (b"Registered nurse, five years of intensive care. " * 5, "a text"),
    ],
)
@pytest.mark.parametrize("form", ["one line", "MIME lines", "data URL", "URL alphabet", "JSON"])
def test_a_base64_text_is_refused_whatever_it_is_of(data: bytes, what: str, form: str) -> None:
    text = base64.b64encode(data).decode()
    content_type = "text/plain"
    if form == "MIME lines":
        text = base64.encodebytes(data).decode().replace("\n", "\r\n")
    elif form == "data URL":
        text = f"data:application/pdf;base64,{text}"
    elif form == "URL alphabet":
        text = base64.urlsafe_b64encode(data).decode().rstrip("=")
    elif form == "JSON":
        text, content_type = f'{{"text": "{text}"}}', "application/json"
    with pytest.raises(RecordRejected) as refused:
        _parsed(text, content_type, "resume.txt" if content_type == "text/plain" else None)
    assert refused.value.code is ErrorCode.INVALID_CONTENT
    assert refused.value.message == f"this is a base64 text of {what}: send the file's own bytes"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["Python", "Java", "PostgreSQL", "Kubernetes", "Terraform"] * 20),
        "Nurse\n" + base64.b64encode(BINARY).decode(),
        base64.b64encode(BINARY).decode() + "\nis what we sent",
        "a" * 100,
        "Registered nurse, five years of intensive care.\n" * 10,
    ],
    ids=["a list of words", "with a line before", "with a line behind", "short", "a text"],
)
def test_what_is_no_single_block_stays_a_text(text: str) -> None:
    assert _parsed(text)


def test_the_files_own_bytes_are_read() -> None:
    assert "Registered nurse" in _parsed(pdf_file(lines("Registered nurse")), "application/pdf")
