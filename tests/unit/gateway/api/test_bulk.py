"""Many documents in one request, over real HTTP: each line answered alone, in order, while the body still comes."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

from libs.contracts import topics
from libs.messaging.publishing import Outgoing, Published
from libs.running.serving import served
from services.gateway.__main__ import listening_of
from services.gateway.bulk.intake import MAX_LINE_BYTES, MAX_LINES
from services.gateway.bulk.room import BULKS_AT_ONCE
from services.gateway.limits.quota import Quota
from services.gateway.limits.rate_limits import RateLimits
from services.gateway.settings import GatewaySettings
from tests.described_answers import DescribedAnswers
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.keys_in_memory import KeysInMemory

pytestmark = pytest.mark.unit

NDJSON = {"content-type": "application/x-ndjson"}
HEAD = b"POST /api/v1/resumes/bulk HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\n"
SECONDS = 30


@asynccontextmanager
async def over_http(door: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The door on a real port, served as a gateway is."""
    nowhere = dict.fromkeys(("matching_urls", "embedding_urls"), "http://127.0.0.1:9")
    settings = GatewaySettings(kafka_bootstrap="127.0.0.1:9", **nowhere)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        config = served(door.app, settings, listening_of(settings))
        config.lifespan = "off"
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve([listener]))
        base = f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        async with httpx.AsyncClient(base_url=base, timeout=SECONDS, trust_env=False) as client:
            yield client
        server.should_exit = True
        await asyncio.wait_for(task, SECONDS)


@pytest.fixture
async def http(door: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with over_http(door) as client:
        yield client


def resume(name: str, text: str = "A nurse") -> bytes:
    return json.dumps({"id": name, "text": text}).encode() + b"\n"


def lines_of(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def published(publisher: InMemoryPublisher) -> list[tuple[str, Any]]:
    return [
        (str((record.key or b"").decode()), json.loads(record.value or b"{}"))
        for record in publisher.topics[topics.SUBMITTED]
    ]


@pytest.fixture
def uneven(publisher: InMemoryPublisher) -> InMemoryPublisher:
    """The broker, which takes earlier records longer than those that come behind them."""
    begun, publish = 0, publisher.publish

    async def published_later(record: Outgoing) -> Published:
        nonlocal begun
        begun += 1
        await asyncio.sleep((8 - begun % 8) / 1_000)
        return await publish(record)

    publisher.publish = published_later  # type: ignore[method-assign]
    return publisher


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/jsonl", "application/ndjson"])
async def test_each_line_becomes_a_document_and_is_answered_in_its_order(
    http: httpx.AsyncClient, uneven: InMemoryPublisher, media_type: str
) -> None:
    body = b"".join(resume(f"r{number}") for number in range(200))
    answer = await http.post("/resumes/bulk", content=body, headers={"content-type": media_type})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    answers = lines_of(answer)
    assert [(each["line"], each["id"], each["status"]) for each in answers] == [
        (number + 1, f"r{number}", "queued") for number in range(200)
    ]
    assert len({each["revision"] for each in answers}) == 200
    assert {key for key, _ in published(uneven)} == {f"default/resume/r{number}" for number in range(200)}
    assert len(uneven.topics[topics.STATUS]) == 200
    DescribedAnswers().check_read(answer)


async def test_jobs_are_taken_with_all_that_their_body_may_hold(
    http: httpx.AsyncClient, publisher: InMemoryPublisher
) -> None:
    job = {"id": "j1", "title": "Cook", "metadata": {"city": "Bern"}, "expires_at": "2030-01-01T00:00:00Z"}
    sent = [json.dumps({**job, "state": "closed"}).encode(), json.dumps({"title": "Baker"}).encode()]
    answer = await http.post("/jobs/bulk", content=b"\r\n".join(sent), headers=NDJSON)
    first, second = lines_of(answer)
    assert (first["id"], second["line"]) == ("j1", 2)
    assert len(second["id"]) == 26
    stored = dict(published(publisher))
    assert (stored["default/job/j1"]["state"], stored["default/job/j1"]["metadata"]) == ("closed", {"city": "Bern"})
    assert stored[f"default/job/{second['id']}"]["title"] == "Baker"


async def test_a_bad_line_fails_alone_and_says_why(http: httpx.AsyncClient, publisher: InMemoryPublisher) -> None:
    bad = [
        (b"{not json", "invalid_body"),
        (b'{"text": "\xff"}', "invalid_body"),
        (b"[]", "invalid_body"),
        (b'{"id": "a b", "text": "A nurse"}', "invalid_id"),
        (b'{"text": "  "}', "empty"),
        (b'{"text": "A nurse", "metadata": {"a": {}}}', "invalid_metadata"),
        (b'{"text": 5}', "invalid_body"),
        (b'{"text": "A nurse", "expires_at": "tomorrow"}', "invalid_expires_at"),
    ]
    body = b"".join(line + b"\n \n" + resume(f"r{number}") for number, (line, _) in enumerate(bad))
    answer = await http.post("/resumes/bulk", content=body, headers=NDJSON)
    answers = lines_of(answer)
    assert [each["line"] for each in answers] == [number for number in range(1, 25) if number % 3 != 2]
    for refused, taken, (line, code) in zip(answers[::2], answers[1::2], bad, strict=True):
        alone = await http.post("/resumes", content=line, headers={"content-type": "application/json"})
        assert refused["error"]["code"] == code
        assert refused["error"]["message"] == alone.json()["detail"]
        assert refused["error"]["retryable"] is False
        assert taken["status"] == "queued"
    assert answers[12]["error"]["pointer"] == "/text"
    assert len(published(publisher)) == len(bad)
    DescribedAnswers().check_read(answer)


async def test_a_line_that_is_too_long_fails_alone(http: httpx.AsyncClient, publisher: InMemoryPublisher) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield resume("r1") + b'{"id": "long", "text": "'
        for _ in range(MAX_LINE_BYTES // 65_536 + 20):
            yield b"x" * 65_536
        yield b'"}\n' + resume("r2")

    answers = lines_of(await http.post("/resumes/bulk", content=body(), headers=NDJSON))
    assert [each.get("id") for each in answers] == ["r1", None, "r2"]
    assert (answers[1]["line"], answers[1]["error"]["code"]) == (2, "too_large")
    assert [key for key, _ in published(publisher)] == ["default/resume/r1", "default/resume/r2"]


async def test_beyond_as_many_lines_as_a_request_takes_nothing_is_read(
    http: httpx.AsyncClient, publisher: InMemoryPublisher
) -> None:
    body = b"{}\n" * (MAX_LINES - 1) + resume("last") + resume("beyond") * 3
    answers = lines_of(await http.post("/resumes/bulk", content=body, headers=NDJSON))
    assert [each["line"] for each in answers] == list(range(1, MAX_LINES + 2))
    assert answers[-2]["id"] == "last"
    assert answers[-1]["error"]["code"] == "too_large"
    assert [key for key, _ in published(publisher)] == ["default/resume/last"]


async def test_answers_come_while_the_body_is_still_sent(http: httpx.AsyncClient) -> None:
    answered: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def body() -> AsyncIterator[bytes]:
        for number in range(3):
            whole = resume(f"r{number}")
            yield whole[:5]
            yield whole[5:]
            # The next line is sent only once this one was answered.
            assert (await asyncio.wait_for(answered.get(), SECONDS))["id"] == f"r{number}"

    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")

    async def send() -> None:
        async for piece in body():
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")

    sending = asyncio.create_task(send())
    came = b""
    while piece := await asyncio.wait_for(reader.read(65_536), SECONDS):
        came += piece
        for line in piece.splitlines():
            if line.startswith(b"{"):
                answered.put_nowait(json.loads(line))
    await sending
    writer.close()
    assert came.startswith(b"HTTP/1.1 200 ")
    assert came.endswith(b"0\r\n\r\n")


async def test_lines_of_one_id_are_published_in_their_order(http: httpx.AsyncClient, uneven: InMemoryPublisher) -> None:
    body = b"".join(resume("same", f"Version {number}") for number in range(50))
    answers = lines_of(await http.post("/resumes/bulk", content=body, headers=NDJSON))
    revisions = [tuple(map(int, each["revision"].split("-"))) for each in answers]
    assert revisions == sorted(revisions)
    assert [value["text"] for _, value in published(uneven)] == [f"Version {number}" for number in range(50)]


async def test_a_compressed_body_is_read_as_it_comes(http: httpx.AsyncClient, publisher: InMemoryPublisher) -> None:
    packed = gzip.compress(b"".join(resume(f"r{number}") for number in range(500)))
    answer = await http.post("/resumes/bulk", content=packed, headers={**NDJSON, "content-encoding": "gzip"})
    assert [each["line"] for each in lines_of(answer)] == list(range(1, 501))
    assert len(published(publisher)) == 500


async def test_a_body_that_breaks_off_ends_the_answer_with_the_line_where_it_did(
    http: httpx.AsyncClient, publisher: InMemoryPublisher
) -> None:
    packed = gzip.compress(b"".join(resume(f"r{number}", f"{number * 7919}" * 9) for number in range(2_000)))
    broken = packed[: len(packed) // 2]
    answer = await http.post("/resumes/bulk", content=broken, headers={**NDJSON, "content-encoding": "gzip"})
    answers = lines_of(answer)
    assert answer.status_code == 200
    assert answers[-1]["error"]["code"] == "invalid_body"
    assert [each["line"] for each in answers] == list(range(1, len(answers) + 1))
    assert len(published(publisher)) == len(answers) - 1


async def test_who_goes_away_in_the_middle_has_what_was_answered_and_no_half_line(
    http: httpx.AsyncClient, publisher: InMemoryPublisher
) -> None:
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    whole = b"".join(resume(f"r{number}") for number in range(20))
    writer.write(HEAD + b"content-length: 1000000\r\n\r\n" + whole + b'{"id": "half", "text": "A nu')
    came = b""
    while came.count(b"queued") < 20:
        came += await asyncio.wait_for(reader.read(65_536), SECONDS)
    writer.close()
    answer = await http.post("/resumes/bulk", content=resume("next"), headers=NDJSON)
    assert lines_of(answer)[0]["status"] == "queued"
    assert [key for key, _ in published(publisher)] == [
        *(f"default/resume/r{number}" for number in range(20)),
        "default/resume/next",
    ]


async def test_while_the_broker_is_away_lines_may_be_sent_again(
    http: httpx.AsyncClient, publisher: InMemoryPublisher
) -> None:
    arrived, publish = 0, publisher.publish

    async def published_or_not(record: Outgoing) -> Published:
        nonlocal arrived
        arrived += record.topic == topics.SUBMITTED
        publisher.away = {topics.SUBMITTED: "gone"} if 10 < arrived <= 30 else {}
        return await publish(record)

    publisher.publish = published_or_not  # type: ignore[method-assign]  # away for some records in the middle
    body = b"".join(resume(f"r{number}") for number in range(100))
    answer = await http.post("/resumes/bulk", content=body, headers=NDJSON)
    answers = lines_of(answer)
    failed = [each for each in answers if "error" in each]
    assert [each["line"] for each in answers] == list(range(1, 101))
    assert {(each["error"]["code"], each["error"]["retryable"]) for each in failed} == {("unavailable", True)}
    assert len(failed) == 20
    assert all(each["id"] == f"r{each['line'] - 1}" for each in failed)
    DescribedAnswers().check_read(answer)


async def test_where_nothing_can_be_published_the_request_is_refused(
    http: httpx.AsyncClient, publisher: InMemoryPublisher
) -> None:
    publisher.away[topics.SUBMITTED] = "gone"
    answer = await http.post("/resumes/bulk", content=resume("r1") * 100, headers=NDJSON)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:shortlist:problem:unavailable")
    assert answer.headers["retry-after"]
    DescribedAnswers().check_read(answer)


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (b"", NDJSON, 400, "holds no line"),
        (b"\n \n", NDJSON, 400, "holds no line"),
        (b"{}", {"content-type": "application/json"}, 415, "send application/x-ndjson"),
        (b"{}", {**NDJSON, "content-encoding": "br"}, 415, "is not read"),
        (b"{}", {**NDJSON, "content-encoding": "gzip"}, 400, "not gzip"),
        (b"{}", {**NDJSON, "idempotency-key": "k"}, 501, "Give each line an id"),
        (b"{}", {**NDJSON, "if-match": "1"}, 501, "If-Match"),
    ],
)
async def test_what_cannot_be_a_bulk_is_refused_as_a_whole(
    http: httpx.AsyncClient, body: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = await http.post("/jobs/bulk", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]
    DescribedAnswers().check_read(answer)


async def test_each_line_counts_for_the_quota_of_its_key(open_door: Any) -> None:
    keys = KeysInMemory()
    limits = RateLimits(Quota(per_second=0.01, burst=12), None)
    locked = {"auth": "keys", "shortlist_bootstrap_key": "a-bootstrap-key-of-some-length"}
    async with open_door(keys=keys, rate_limits=limits, **locked) as door, over_http(door) as http:
        headers = {**NDJSON, "authorization": f"Bearer {keys.key_of('acme')}"}
        body = b"".join(resume(f"r{number}") for number in range(14))
        answers = lines_of(await http.post("/resumes/bulk", content=body, headers=headers))
    assert ["error" in each for each in answers] == [False] * 11 + [True] * 3
    assert {(each["error"]["code"], each["error"]["retryable"]) for each in answers[11:]} == {("rate_limited", True)}


async def test_a_line_waits_for_a_quota_that_comes_back_soon(open_door: Any) -> None:
    keys = KeysInMemory()
    limits = RateLimits(Quota(per_second=500, burst=5), None)
    locked = {"auth": "keys", "shortlist_bootstrap_key": "a-bootstrap-key-of-some-length"}
    async with open_door(keys=keys, rate_limits=limits, **locked) as door, over_http(door) as http:
        headers = {**NDJSON, "authorization": f"Bearer {keys.key_of('acme')}"}
        body = b"".join(resume(f"r{number}") for number in range(100))
        answers = lines_of(await http.post("/resumes/bulk", content=body, headers=headers))
    assert {each.get("status") for each in answers} == {"queued"}


async def test_a_key_that_may_not_write_may_not_write_many(open_door: Any) -> None:
    keys = KeysInMemory()
    locked = {"auth": "keys", "shortlist_bootstrap_key": "a-bootstrap-key-of-some-length"}
    async with open_door(keys=keys, **locked) as door, over_http(door) as http:
        headers = {**NDJSON, "authorization": f"Bearer {keys.key_of('acme', ['read'])}"}
        answer = await http.post("/resumes/bulk", content=resume("r1"), headers=headers)
    assert answer.status_code == 403


async def test_more_bulks_than_a_gateway_takes_are_told_to_come_again(http: httpx.AsyncClient) -> None:
    async def begun() -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
        writer.write(HEAD + b"content-length: 1000\r\n\r\n" + resume("r1"))
        await asyncio.wait_for(reader.readuntil(b"queued"), SECONDS)
        return writer

    senders = [await begun() for _ in range(BULKS_AT_ONCE)]
    refused = await http.post("/resumes/bulk", content=resume("r2"), headers=NDJSON)
    assert (refused.status_code, refused.json()["type"]) == (429, "urn:shortlist:problem:overloaded")
    assert refused.headers["retry-after"]
    for sender in senders:
        sender.close()
    async with asyncio.timeout(SECONDS):
        while (await http.post("/resumes/bulk", content=resume("r2"), headers=NDJSON)).status_code != 200:
            await asyncio.sleep(0.01)


async def test_a_document_of_the_id_bulk_is_read_and_written_like_any_other(door: Any) -> None:
    put = await door.client.put("/api/v1/resumes/bulk", json={"text": "A nurse"})
    assert (put.status_code, put.json()["id"]) == (202, "bulk")
    assert (await door.client.get("/api/v1/resumes/bulk/")).json()["id"] == "bulk"
    headers = {"content-type": "application/merge-patch+json"}
    changed = await door.client.patch("/api/v1/resumes/bulk", content=b'{"metadata": {"a": 1}}', headers=headers)
    assert changed.status_code == 202
    assert (await door.client.delete("/api/v1/resumes/bulk")).status_code == 202
    assert (await door.client.get("/api/v1/resumes/bulk")).status_code == 404
