"""Forms that are damaged, endless or odd: refused in our own words, and never more of them read than is allowed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from libs.contracts import topics
from libs.contracts.documents import MAX_FILE_BYTES
from services.gateway.api.forms import MAX_PARTS

pytestmark = pytest.mark.unit

FILE = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nA nurse\r\n'
END = b"--b--\r\n"
TYPE = "multipart/form-data; boundary=b"


def part(head: bytes, content: bytes = b"x") -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


def named(name: bytes, content: bytes = b"x") -> bytes:
    return part(b'content-disposition: form-data; name="' + name + b'"', content)


REFUSED: list[tuple[str, bytes, str, int, str]] = [
    ("too many parts", FILE + named(b"x") * MAX_PARTS + END, TYPE, 413, "too_large"),
    ("a part with too many headers", part(b"a: b\r\n" * 20 + b"a: b") + END, TYPE, 413, "too_large"),
    ("a header too long", part(b"a: " + b"b" * 5_000) + END, TYPE, 413, "too_large"),
    ("a name too long", named(b"n" * 200) + FILE + END, TYPE, 400, "invalid_body"),
    ("a filename too long", FILE.replace(b"a.txt", b"a" * 2_000) + END, TYPE, 400, "invalid_body"),
    ("an id too long", FILE + named(b"id", b"i" * 200_000) + END, TYPE, 413, "too_large"),
    ("metadata too long", FILE + named(b"metadata", b" " * 200_000) + END, TYPE, 413, "too_large"),
    ("no disposition", part(b"content-type: text/plain") + END, TYPE, 400, "invalid_body"),
    ("no form-data", part(b'content-disposition: attachment; name="file"') + END, TYPE, 400, "invalid_body"),
    ("no end", FILE, TYPE, 400, "invalid_body"),
    ("nothing", b"", TYPE, 400, "invalid_body"),
    ("another boundary", FILE + END, "multipart/form-data; boundary=c", 400, "invalid_body"),
    ("no boundary", FILE + END, "multipart/form-data", 400, "invalid_body"),
    ("an empty boundary", FILE + END, 'multipart/form-data; boundary=""', 400, "invalid_body"),
    ("a boundary too long", FILE + END, "multipart/form-data; boundary=" + "b" * 300, 400, "invalid_body"),
    ("line breaks of Unix", (FILE + END).replace(b"\r\n", b"\n"), TYPE, 400, "invalid_body"),
    ("JSON as a form", b'{"text":"a"}', TYPE, 400, "invalid_body"),
    ("metadata that are no JSON", FILE + named(b"metadata", b"{") + END, TYPE, 400, "invalid_metadata"),
    ("metadata nested", FILE + named(b"metadata", b"[" * 10_000) + END, TYPE, 400, "invalid_metadata"),
    ("a name twice in metadata", FILE + named(b"metadata", b'{"a":1,"a":2}') + END, TYPE, 400, "invalid_metadata"),
    ("metadata that are not UTF-8", FILE + named(b"metadata", b"\xff") + END, TYPE, 400, "invalid_body"),
    ("an id with a NUL", FILE + named(b"id", b"\x00") + END, TYPE, 400, "invalid_id"),
    ("half a pair as id", FILE + named(b"id", b"\xed\xa0\x80") + END, TYPE, 400, "invalid_body"),
]
FOREIGN = re.compile(r"Invalid multipart|Unexpected eof|Request Entity|codec|segment|Traceback|b'", re.IGNORECASE)


@pytest.mark.parametrize(("body", "type", "status", "code"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
async def test_refused_in_our_own_words(refusing_door: Any, body: bytes, type: str, status: int, code: str) -> None:
    answer = await refusing_door.client.post("/api/v1/resumes", content=body, headers={"content-type": type})
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:shortlist:problem:{code}"), answer.text
    assert not FOREIGN.search(answer.text), answer.text
    assert not refusing_door.publisher.topics[topics.SUBMITTED]


async def test_a_file_over_the_limit_ends_the_reading_at_once(refusing_door: Any) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        yield FILE[:-2]
        while sent < 1_000:
            sent += 1
            yield bytes(1_048_576)

    answer = await refusing_door.client.post("/api/v1/resumes", content=endless(), headers={"content-type": TYPE})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:shortlist:problem:too_large")
    assert sent < 100, "a bounded rest is taken in so that the sender can read the answer, no more"


async def test_a_part_of_another_name_may_be_there(door: Any) -> None:
    body = named(b"comment", "größer".encode()) + FILE + named(b"id", b"r1") + END
    answer = await door.client.post("/api/v1/resumes", content=body, headers={"content-type": TYPE})
    assert (answer.status_code, answer.json()["id"]) == (202, "r1")
    [record] = door.publisher.topics[topics.SUBMITTED]
    assert (record.value, dict(record.headers)["ce_filename"]) == (b"A nurse", b"a.txt")


async def test_the_largest_file_is_taken_whole(door: Any) -> None:
    data = b"%PDF-1.4" + bytes(MAX_FILE_BYTES - 8)
    answer = await door.client.post("/api/v1/resumes", files={"file": ("a.pdf", data, "application/pdf")})
    assert answer.status_code == 202
    assert door.publisher.topics[topics.SUBMITTED][0].value == data
