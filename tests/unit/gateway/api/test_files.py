"""Files at the door: what they are by their content, and how long the text in them is."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from libs.contracts import topics

pytestmark = pytest.mark.unit

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(200)
EXE = b"MZ\x90\x00\x03" + bytes(range(256))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200) + "WordDocument".encode("utf-16-le")
NOISE = bytes(range(128, 256)) * 4 + bytes(range(9)) * 20
LIMIT = 200_000
TOO_LONG = "word " * (LIMIT // 5) + "words"


def zipped(**entries: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return buffer.getvalue()


async def put(door: Any, data: bytes, content_type: str, kind: str = "resumes") -> Any:
    return await door.client.put(f"/api/v1/{kind}/x", content=data, headers={"content-type": content_type})


async def post(door: Any, data: bytes, name: str, content_type: str, kind: str = "resumes") -> Any:
    return await door.client.post(f"/api/v1/{kind}", files={"file": (name, data, content_type)})


@pytest.mark.parametrize(
    "data",
    [
        PNG,
        ELF,
        EXE,
        OLE,
        zipped(a="b"),
        zipped(**{"xl/workbook.xml": ""}),
        b"{\\rtf1 a}",
        b"<?xml version='1.0'?>",
    ],
    ids=["png", "elf", "exe", "doc", "zip", "xlsx", "rtf", "xml"],
)
@pytest.mark.parametrize("called", ["application/octet-stream", "application/pdf", "text/plain"])
async def test_what_no_parser_reads_is_refused_whatever_it_is_called(
    refusing_door: Any, data: bytes, called: str
) -> None:
    raw, form = await put(refusing_door, data, called), await post(refusing_door, data, "cv.pdf", called)
    for answer in (raw, form):
        assert (answer.status_code, answer.json()["type"]) == (415, "urn:shortlist:problem:unsupported_type")
        assert "are supported" in answer.json()["detail"]


@pytest.mark.parametrize("called", ["application/octet-stream", "text/plain", "application/x-unknown"])
async def test_bytes_that_are_nothing_are_refused(refusing_door: Any, called: str) -> None:
    answer = await put(refusing_door, NOISE, called)
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:shortlist:problem:unsupported_type")


async def test_what_only_a_parser_can_tell_is_taken(door: Any) -> None:
    for data, called in ((b"%PDF-1.4 damaged", "application/pdf"), (b"no PDF at all", "application/pdf")):
        assert (await put(door, data, called)).status_code == 202
    assert (await put(door, b"Eine Krankenschwester f\xfcr Z\xfcrich", "text/plain")).status_code == 202


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("kind", ["resumes", "jobs"])
async def test_a_text_file_has_the_same_limit_of_characters(door: Any, kind: str, encoding: str) -> None:
    for text, status in ((TOO_LONG, 413), (TOO_LONG[:LIMIT], 202)):
        data = text.encode(encoding)
        for answer in (
            await put(door, data, "text/plain", kind),
            await put(door, data, "application/octet-stream", kind),
            await post(door, data, "a.txt", "text/plain", kind),
            await post(door, data, "a", "application/octet-stream", kind),
        ):
            assert answer.status_code == status, answer.text
            if status == 413:
                assert answer.json()["type"] == "urn:shortlist:problem:too_large"
                assert "200,005 characters; 200,000 are allowed" in answer.json()["detail"]


@pytest.mark.parametrize(("kind", "field"), [("resumes", "text"), ("jobs", "description"), ("jobs", "text")])
async def test_so_has_a_json_file(door: Any, kind: str, field: str) -> None:
    for text, status in ((TOO_LONG, 413), (TOO_LONG[:LIMIT], 202)):
        data = json.dumps({field: text}).encode()
        assert (await post(door, data, "a.json", "application/json", kind)).status_code == status


async def test_html_is_measured_by_ingest_which_reads_it(door: Any) -> None:
    page = b"<html><body>" + b"<p>Nurse</p>" * 30_000
    assert (await put(door, page, "text/html")).status_code == 202


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b"])
async def test_a_text_file_without_text_is_refused(refusing_door: Any, text: str) -> None:
    answer = await put(refusing_door, text.encode(), "text/plain")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:empty")
    assert not refusing_door.publisher.topics[topics.SUBMITTED]
