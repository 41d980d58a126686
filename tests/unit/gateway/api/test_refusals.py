"""What the gateway refuses, each with its status and its code, before anything is published."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from libs.contracts import topics
from libs.contracts.documents import MAX_FILE_BYTES
from services.gateway.problems import CODES

pytestmark = pytest.mark.unit

MULTIPART = {"content-type": "multipart/form-data; boundary=b"}


def part(name: str, content: bytes, filename: str | None = None, type: str | None = None) -> bytes:
    head = f'--b\r\ncontent-disposition: form-data; name="{name}"'
    head += f'; filename="{filename}"' if filename else ""
    head += f"\r\ncontent-type: {type}" if type else ""
    return head.encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--b--\r\n"


FILE = part("file", b"%PDF", "a.pdf", "application/pdf")
JSON = {"content-type": "application/json"}

NAN_FILTER = b'{"query":"a","kind":"job","filters":{"years":NaN}}'

REFUSED: list[tuple[str, str, str, bytes, dict[str, str], int, str]] = [
    ("no JSON", "POST", "/resumes", b"{", JSON, 400, "invalid_body"),
    ("no object", "POST", "/resumes", b"[]", JSON, 400, "invalid_body"),
    ("JSON null", "POST", "/jobs", b"null", JSON, 400, "invalid_body"),
    ("empty body", "POST", "/jobs", b"", JSON, 400, "invalid_body"),
    ("not UTF-8", "POST", "/resumes", b'{"text":"\xff"}', JSON, 400, "invalid_body"),
    ("half a pair alone", "POST", "/resumes", b'{"text":"\\ud800"}', JSON, 400, "empty"),
    ("nested too deep", "POST", "/resumes", b'{"metadata":' + b"[" * 100_000, JSON, 400, "invalid_body"),
    ("a number as text", "POST", "/resumes", b'{"text":5}', JSON, 400, "invalid_body"),
    ("no text field", "POST", "/resumes", b"{}", JSON, 400, "invalid_body"),
    ("two descriptions", "POST", "/jobs", b'{"text":"a","description":"b"}', JSON, 400, "invalid_body"),
    ("a mixed list", "POST", "/jobs", b'{"requirements":["a",1]}', JSON, 400, "invalid_body"),
    (
        "spaces alone",
        "POST",
        "/resumes",
        json.dumps({"text": " \n\u00a0\u2003\u200b\u0000"}).encode(),
        JSON,
        400,
        "empty",
    ),
    ("an empty job", "POST", "/jobs", b'{"title":"","requirements":[]}', JSON, 400, "empty"),
    ("a bad id", "POST", "/resumes", b'{"text":"a","id":"a/b"}', JSON, 400, "invalid_id"),
    ("an empty id", "POST", "/resumes", b'{"text":"a","id":""}', JSON, 400, "invalid_id"),
    ("dots as id", "POST", "/resumes", b'{"text":"a","id":".."}', JSON, 400, "invalid_id"),
    ("another id", "PUT", "/resumes/r1", b'{"text":"a","id":"r2"}', JSON, 400, "invalid_id"),
    ("a bad id in the path", "PUT", "/resumes/a%20b", b'{"text":"a"}', JSON, 400, "invalid_id"),
    ("an id too long", "PUT", "/resumes/" + "a" * 201, b'{"text":"a"}', JSON, 400, "invalid_id"),
    ("nested metadata", "POST", "/resumes", b'{"text":"a","metadata":{"a":{}}}', JSON, 400, "invalid_metadata"),
    (
        "a number beyond JSON's in a search",
        "POST",
        "/matching/similarity-search",
        NAN_FILTER,
        JSON,
        400,
        "invalid_body",
    ),
    ("a NUL as id to read", "GET", "/resumes/a%00b", b"", {}, 400, "invalid_id"),
    ("a NUL as id to write", "PUT", "/jobs/%00", b'{"text":"a"}', JSON, 400, "invalid_id"),
    ("a NUL as id to delete", "DELETE", "/jobs/%00", b"", {}, 400, "invalid_id"),
    ("a NUL as id to match", "GET", "/jobs/j%00/matches", b"", {}, 400, "invalid_id"),
    ("a NUL in a body's id", "POST", "/jobs", b'{"text":"a","id":"\\u0000"}', JSON, 400, "invalid_id"),
    ("a NUL as receipt", "GET", "/erasures/er-1-2-%00", b"", {}, 400, "invalid_id"),
    ("a NUL as status", "GET", "/jobs?status=%00", b"", {}, 400, "invalid_status"),
    ("a NUL as limit", "GET", "/jobs?limit=%00", b"", {}, 400, "invalid_limit"),
    ("a list as metadata", "POST", "/resumes", b'{"text":"a","metadata":[]}', JSON, 400, "invalid_metadata"),
    ("a text too long", "POST", "/resumes", json.dumps({"text": "a" * 200_001}).encode(), JSON, 413, "too_large"),
    ("a PDF at POST", "POST", "/resumes", b"%PDF", {"content-type": "application/pdf"}, 415, "unsupported_type"),
    ("no type at POST", "POST", "/resumes", b"%PDF", {}, 415, "unsupported_type"),
    ("an image", "PUT", "/resumes/r1", b"\x89PNG", {"content-type": "image/png"}, 415, "unsupported_type"),
    (
        "curl's default type",
        "PUT",
        "/resumes/r1",
        b"a",
        {"content-type": "application/x-www-form-urlencoded"},
        415,
        "unsupported_type",
    ),
    (
        "an event of one's own",
        "PUT",
        "/resumes/r1",
        b"{}",
        {"content-type": "application/cloudevents+json"},
        415,
        "unsupported_type",
    ),
    (
        "an event as a part",
        "POST",
        "/resumes",
        form(part("file", b"{}", "a.json", "Application/CloudEvents+JSON; charset=utf-8")),
        MULTIPART,
        415,
        "unsupported_type",
    ),
    ("an empty file", "PUT", "/resumes/r1", b"", {"content-type": "application/pdf"}, 400, "empty"),
    ("an empty part", "POST", "/resumes", form(part("file", b"", "a.pdf", "application/pdf")), MULTIPART, 400, "empty"),
    ("no file part", "POST", "/resumes", form(part("id", b"r1")), MULTIPART, 400, "invalid_body"),
    ("a file without a name", "POST", "/resumes", form(part("file", b"text")), MULTIPART, 400, "invalid_body"),
    ("two files", "POST", "/resumes", form(FILE, FILE), MULTIPART, 400, "invalid_body"),
    ("two ids", "POST", "/resumes", form(FILE, part("id", b"a"), part("id", b"b")), MULTIPART, 400, "invalid_body"),
    ("an id that is not UTF-8", "POST", "/resumes", form(FILE, part("id", b"\xff")), MULTIPART, 400, "invalid_body"),
    ("bad metadata", "POST", "/resumes", form(FILE, part("metadata", b"{")), MULTIPART, 400, "invalid_metadata"),
    ("half a form", "POST", "/resumes", FILE, MULTIPART, 400, "invalid_body"),
    ("no boundary", "POST", "/resumes", FILE, {"content-type": "multipart/form-data"}, 400, "invalid_body"),
    ("a limit of 0", "GET", "/resumes?limit=0", b"", {}, 400, "invalid_limit"),
    ("a limit of 201", "GET", "/resumes?limit=201", b"", {}, 400, "invalid_limit"),
    ("a limit of words", "GET", "/jobs?limit=ten", b"", {}, 400, "invalid_limit"),
    ("no such status", "GET", "/jobs?status=gone", b"", {}, 400, "invalid_status"),
    ("an empty q", "GET", "/resumes?q=", b"", {}, 400, "invalid_query"),
    ("a q of signs", "GET", "/resumes?q=%25", b"", {}, 400, "invalid_query"),
    ("a q that nobody sees", "GET", "/resumes?q=%E2%80%8B%00", b"", {}, 400, "invalid_query"),
    ("a q too long", "GET", "/resumes?q=" + "a" * 201, b"", {}, 400, "invalid_query"),
    ("a person among jobs", "GET", "/jobs?q=maria", b"", {}, 400, "invalid_query"),
    ("a cursor of one's own", "GET", "/jobs?cursor=nonsense", b"", {}, 400, "invalid_cursor"),
    ("matches beyond 100", "GET", "/jobs/j1/matches?limit=101", b"", {}, 400, "invalid_limit"),
    ("calculate's id", "POST", "/matching/calculate", b'{"job_id":"a b","resume_id":"r"}', JSON, 400, "invalid_id"),
    ("calculate's body", "POST", "/matching/calculate", b'{"job_id":"a"}', JSON, 400, "invalid_body"),
    (
        "search's type",
        "POST",
        "/matching/similarity-search",
        b"query=a",
        {"content-type": "text/plain"},
        415,
        "unsupported_type",
    ),
    ("search's kind", "POST", "/matching/similarity-search", b'{"query":"a","kind":"dog"}', JSON, 400, "invalid_kind"),
    (
        "search's query",
        "POST",
        "/matching/similarity-search",
        b'{"query":" ","kind":"job"}',
        JSON,
        400,
        "invalid_query",
    ),
    (
        "a search for a sign",
        "POST",
        "/matching/similarity-search",
        b'{"query":"%","kind":"job"}',
        JSON,
        400,
        "invalid_query",
    ),
    (
        "a search that nobody sees",
        "POST",
        "/matching/similarity-search",
        json.dumps({"query": "\u200b\u3164\u2060 \ufe0f", "kind": "job"}).encode(),
        JSON,
        400,
        "invalid_query",
    ),
    (
        "a search too long",
        "POST",
        "/matching/similarity-search",
        json.dumps({"query": "a" * 20_001, "kind": "job"}).encode(),
        JSON,
        400,
        "invalid_query",
    ),
    (
        "search's limit",
        "POST",
        "/matching/similarity-search",
        b'{"query":"a","kind":"job","limit":0}',
        JSON,
        400,
        "invalid_limit",
    ),
    ("an unknown document", "GET", "/resumes/nobody", b"", {}, 404, "not_found"),
    ("deleting an unknown document", "DELETE", "/resumes/nobody", b"", {}, 404, "not_found"),
    ("an unknown receipt", "GET", "/erasures/er-1-2-abc", b"", {}, 404, "not_found"),
    ("an unknown pair", "POST", "/matching/calculate", b'{"job_id":"a","resume_id":"b"}', JSON, 404, "not_found"),
    ("an unknown address", "GET", "/nothing/here", b"", {}, 404, "not_found"),
    ("a tag without quotes", "PUT", "/resumes/r1", b'{"text":"a"}', JSON | {"if-match": "1-1"}, 400, "invalid_request"),
    ("a time", "DELETE", "/resumes/r1", b"", {"if-unmodified-since": "yesterday"}, 501, "not_supported"),
    ("an empty key", "POST", "/jobs", b'{"text":"a"}', JSON | {"idempotency-key": ""}, 400, "invalid_request"),
    ("a key in two lines", "POST", "/jobs", b'{"text":"a"}', JSON | {"idempotency-key": "a b"}, 400, "invalid_request"),
    ("an idempotency key", "POST", "/jobs", b'{"text":"a"}', JSON | {"idempotency-key": "k"}, 501, "not_supported"),
    ("a wrong method", "PATCH", "/resumes", b"", {}, 405, "method_not_allowed"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [case[1:] for case in REFUSED],
    ids=[case[0] for case in REFUSED],
)
async def test_refused_with_a_problem_that_names_its_code(
    refusing_door: Any,
    matching: Any,
    method: str,
    path: str,
    body: bytes,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = await refusing_door.client.request(method, "/api/v1" + path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:shortlist:problem:{code}"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["title"] == CODES[code][1]
    assert answer.json()["detail"]
    assert not refusing_door.publisher.topics[topics.SUBMITTED]


NUMBERS = ["9223372036854775808", "-9223372036854775809", "1" * 400, "1" * 5_000, "1e400", "-1e400"]


@pytest.mark.parametrize("number", NUMBERS + ["NaN"])
@pytest.mark.parametrize("kind", ["resumes", "jobs"])
async def test_a_number_that_metadata_cannot_hold_is_refused_by_the_name_of_its_field(
    refusing_door: Any, kind: str, number: str
) -> None:
    metadata = f'{{"town":"Ulm","salary":{number}}}'.encode()
    body = b'{"text":"A nurse","metadata":' + metadata + b"}"
    in_json = await refusing_door.client.post(f"/api/v1/{kind}", content=body, headers=JSON)
    parts = form(FILE, part("metadata", metadata))
    in_form = await refusing_door.client.put(f"/api/v1/{kind}/x", content=parts, headers=MULTIPART)
    for answer in (in_json, in_form):
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:shortlist:problem:invalid_metadata")
        assert "'salary'" in answer.json()["detail"]


async def test_the_largest_whole_number_is_kept_to_the_last_digit(door: Any) -> None:
    largest = {"most": 2**63 - 1, "least": -(2**63), "float": 1e308}
    taken = await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse", "metadata": largest})
    assert taken.status_code == 202
    assert json.loads(door.publisher.topics[topics.SUBMITTED][-1].value)["metadata"] == largest


async def test_the_longest_text_and_the_largest_file_are_taken(door: Any) -> None:
    text = await door.client.put("/api/v1/resumes/r1", json={"text": "中" * 200_000})
    assert text.status_code == 202
    whole = b"%PDF" + bytes(MAX_FILE_BYTES - 4)
    raw = await door.client.put("/api/v1/resumes/r2", content=whole, headers={"content-type": "application/pdf"})
    assert raw.status_code == 202
    uploaded = await door.client.post("/api/v1/resumes", files={"file": ("a.pdf", whole, "application/pdf")})
    assert uploaded.status_code == 202


async def test_a_byte_more_is_too_large(door: Any) -> None:
    headers = {"content-type": "application/pdf"}
    answer = await door.client.put("/api/v1/resumes/r1", content=bytes(MAX_FILE_BYTES + 1), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:shortlist:problem:too_large")


async def test_an_announced_length_above_the_limit_is_refused_before_anything_is_read(door: Any) -> None:
    reads = 0

    async def never_needed() -> Any:
        nonlocal reads
        reads += 1
        yield b"x"

    headers = {"content-type": "application/pdf", "content-length": str(100 * MAX_FILE_BYTES)}
    answer = await door.client.put("/api/v1/resumes/r1", content=never_needed(), headers=headers)
    assert (answer.status_code, reads) == (413, 0)


async def test_a_body_of_unknown_length_is_refused_as_soon_as_it_passes_the_limit(door: Any) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while sent < 1_000:
            sent += 1
            yield bytes(1_048_576)

    answer = await door.client.put("/api/v1/resumes/r1", content=endless(), headers={"content-type": "application/pdf"})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:shortlist:problem:too_large")
    assert sent < 100, "a bounded rest is taken in so that the sender can read the answer, no more"


async def test_a_sender_that_writes_all_before_it_reads_sees_the_refusal(refusing_app_url: str) -> None:
    def refused() -> tuple[int, str]:
        sent = urllib.request.Request(
            f"{refusing_app_url}/api/v1/resumes/r1",
            data=bytes(3 * MAX_FILE_BYTES),
            method="PUT",
            headers={"content-type": "application/pdf"},
        )
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(sent, timeout=30)
        return caught.value.code, json.load(caught.value)["type"]

    assert await asyncio.to_thread(refused) == (413, "urn:shortlist:problem:too_large")
