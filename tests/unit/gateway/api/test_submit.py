"""A document in whatever form it comes: its record, its revision, its status, its answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from libs.contracts import cloudevents, topics
from libs.contracts.documents import DocumentError
from libs.contracts.identifiers import DocumentKey
from libs.contracts.statuses import Status
from libs.messaging.publishing import Outgoing
from libs.telemetry.tracing import set_up_tracing

pytestmark = pytest.mark.unit

RESUME = DocumentKey("default", "resume", "r1")
JOB = DocumentKey("default", "job", "j1")


def submitted(door: Any) -> list[Outgoing]:
    return list(door.publisher.topics[topics.SUBMITTED])


def event_of(record: Outgoing) -> cloudevents.CloudEvent:
    return cloudevents.read(record.value, record.headers)


@pytest.mark.parametrize("slash", ["", "/"])
async def test_a_resume_as_text_is_published_and_queued(door, slash: str) -> None:
    answer = await door.client.post(
        f"/api/v1/resumes{slash}", json={"id": "r1", "text": "A nurse", "metadata": {"a": 1}}
    )
    assert answer.status_code == 202
    assert answer.headers["location"] == "/api/v1/resumes/r1"
    assert answer.json() == {
        "id": "r1",
        "kind": "resume",
        "status": "queued",
        "revision": "1764000000001-0",
        "links": {"self": "/api/v1/resumes/r1"},
    }
    [record] = submitted(door)
    event = event_of(record)
    assert record.key == b"default/resume/r1"
    assert (event.type, event.subject) == ("shortlist.document.submitted.v1", "resume/r1")
    assert json.loads(event.data or b"") == {"text": "A nurse", "metadata": {"a": 1}}
    assert cloudevents.identity(record.key, event) == RESUME


async def test_the_revision_is_the_brokers_and_the_status_carries_it(door) -> None:
    await door.client.put("/api/v1/resumes/r1", json={"text": "one"})
    await door.client.put("/api/v1/resumes/r1", json={"text": "two"})
    revisions = [json.loads(record.value)["revision"] for record in door.publisher.topics[topics.STATUS]]
    assert [revision.split("-")[1] for revision in revisions] == ["0", "1"]
    assert (await door.client.get("/api/v1/resumes/r1")).json()["revision"] == revisions[1]


async def test_on_the_tryout_broker_the_stamp_is_the_supervisors_and_queued_reaches_matching(
    open_door, matching
) -> None:
    async with open_door(tryout_stamp=1_700_000_000_000) as door:
        answer = await door.client.put("/api/v1/jobs/j1", json={"title": "Nurse"})
        assert answer.status_code == 202
        assert [(status["revision"], status["status"]) for status in matching.statuses] == [
            ("1700000000000-0", "queued")
        ]


async def test_on_the_tryout_broker_nobody_is_told_202_before_matching_knows(open_door, matching) -> None:
    async with open_door(tryout_stamp=1_700_000_000_000) as door:
        matching.away = True
        answer = await door.client.post("/api/v1/resumes/", json={"text": "A nurse"})
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["id"], "the sender needs the id to send it again"


async def test_without_an_id_each_document_gets_one_of_its_own(door) -> None:
    ids = {(await door.client.post("/api/v1/resumes/", json={"text": "A nurse"})).json()["id"] for _ in range(3)}
    assert len(ids) == 3
    for made in ids:
        assert (await door.client.get(f"/api/v1/resumes/{made}")).json()["status"] == "queued"


async def test_a_jobs_fields_travel_as_given_and_text_means_description(door) -> None:
    await door.client.put("/api/v1/jobs/j1", json={"title": "Nurse", "text": "Beds", "requirements": ["RN", "ACLS"]})
    value = json.loads(submitted(door)[0].value or b"")
    assert value == {"title": "Nurse", "description": "Beds", "requirements": ["RN", "ACLS"]}


async def test_a_file_travels_as_its_own_bytes_with_name_type_and_metadata(door) -> None:
    answer = await door.client.post(
        "/api/v1/resumes/",
        files={"file": ("C:\\docs\\Lebenslauf für RN.pdf", b"%PDF-1.7 \x00\xff", "application/pdf")},
        data={"id": "r1", "metadata": json.dumps({"city": "Zürich"})},
    )
    assert answer.status_code == 202
    event = event_of(submitted(door)[0])
    assert event.data == b"%PDF-1.7 \x00\xff"
    assert event.content_type == "application/pdf"
    assert event.filename == "Lebenslauf für RN.pdf"
    assert event.metadata() == {"city": "Zürich"}


@pytest.mark.parametrize("given", [None, {}, {"a": 1}])
async def test_whether_metadata_were_named_travels_with_text_and_file(door, given) -> None:
    named = {} if given is None else {"metadata": given}
    await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse", **named})
    in_a_form = {name: json.dumps(value) for name, value in named.items()}
    await door.client.put("/api/v1/resumes/r1", files={"file": ("a.pdf", b"%PDF")}, data=in_a_form)
    text, file = (event_of(record) for record in submitted(door))
    assert json.loads(text.data or b"").get("metadata") == given
    assert file.metadata() == given


async def test_put_takes_a_files_bytes_with_their_own_type(door) -> None:
    answer = await door.client.put(
        "/api/v1/resumes/r1", content=b"%PDF-1.7", headers={"content-type": "application/pdf"}
    )
    assert answer.status_code == 202
    event = event_of(submitted(door)[0])
    assert (event.data, event.content_type) == (b"%PDF-1.7", "application/pdf")


async def test_a_part_without_a_type_is_not_called_text(door) -> None:
    body = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n%PDF\r\n--b--\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert (await door.client.put("/api/v1/resumes/r1", content=body, headers=headers)).status_code == 202
    assert event_of(submitted(door)[0]).content_type == "application/octet-stream"


async def test_the_callers_trace_goes_on_in_the_record_and_to_matching(door, matching) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "x-request-id": "ours-1"}
    answer = await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse"}, headers=headers)
    assert answer.headers["x-request-id"] == "ours-1"
    carried = dict(submitted(door)[0].headers)["traceparent"] or b""
    assert carried.split(b"-")[1].decode() == trace
    await door.client.get("/api/v1/resumes/r1", headers=headers)
    assert matching.traces[-1].split("-")[1] == trace


async def test_a_submission_is_one_span_named_by_its_route_and_its_calls_are_below_it(door, spans) -> None:
    await door.client.put("/api/v1/resumes/r1", json={"text": "Maria, a nurse"})
    own = [span for span in spans() if span.name == "PUT /api/v1/resumes/{document_id}"]
    assert [span.attributes["http.response.status_code"] for span in own] == [202]
    assert "Maria" not in "".join(span.to_json() for span in spans())
    await door.client.get("/api/v1/resumes/unknown")
    asked = [span for span in spans() if span.name == "GET matching"]
    named = {span.context.span_id: span.name for span in spans()}
    assert {named[span.parent.span_id] for span in asked} == {"GET /api/v1/resumes/{document_id}"}


async def test_with_opentelemetry_switched_off_it_answers_all_the_same(door, monkeypatch, spans) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    set_up_tracing("gateway")
    answer = await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse"})
    assert answer.status_code == 202
    assert "traceparent" not in answer.headers


async def test_without_a_broker_the_answer_is_503_and_says_when_to_come_back(door) -> None:
    door.publisher.away[topics.SUBMITTED] = "cannot be reached"
    answer = await door.client.put("/api/v1/resumes/r1", json={"text": "A nurse"})
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:shortlist:problem:unavailable"
    assert int(answer.headers["retry-after"]) > 0


async def test_a_status_that_could_not_be_published_is_no_202_and_sending_again_works(door) -> None:
    door.publisher.away[topics.STATUS] = "cannot be reached"
    refused = await door.client.post("/api/v1/resumes/", json={"text": "A nurse"})
    assert refused.status_code == 503
    door.publisher.away.clear()
    again = await door.client.put(f"/api/v1/resumes/{refused.json()['id']}", json={"text": "A nurse"})
    assert again.status_code == 202
    assert [record.key for record in submitted(door)] == [submitted(door)[0].key] * 2


async def waited(
    door: Any, matching: Any, status: Status, *, error: DocumentError | None = None, seconds: int = 30
) -> Any:
    """PUTs r1 preferring to wait, and has it end meanwhile."""
    call = asyncio.create_task(
        door.client.put("/api/v1/resumes/r1", json={"text": "A nurse"}, headers={"prefer": f"wait={seconds}"})
    )
    async with asyncio.timeout(10):
        before = len(door.publisher.topics[topics.STATUS])
        while len(door.publisher.topics[topics.STATUS]) == before:
            await asyncio.sleep(0.005)
    revision = json.loads(door.publisher.topics[topics.STATUS][-1].value)["revision"]
    if status is Status.INDEXED:
        matching.index(RESUME, revision)
    await door.report(RESUME, revision, status, error)
    return await call


async def test_waiting_answers_the_document_201_when_new_and_200_when_replaced(door, matching) -> None:
    created = await waited(door, matching, Status.INDEXED)
    assert created.status_code == 201
    assert created.headers["preference-applied"] == "wait=30"
    assert created.json()["status"] == "indexed"
    assert created.json()["text"] == "A text"
    assert (await waited(door, matching, Status.INDEXED)).status_code == 200


async def test_waiting_for_a_document_that_fails_answers_422_with_its_reason(door, matching) -> None:
    answer = await waited(door, matching, Status.FAILED, error=DocumentError("encrypted", "the PDF is encrypted"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:shortlist:problem:encrypted"
    assert answer.json()["error"] == {"code": "encrypted", "message": "the PDF is encrypted"}


async def test_patience_that_ends_is_202_and_says_it_was_applied(door) -> None:
    answer = await door.client.put(
        "/api/v1/resumes/r1", json={"text": "A nurse"}, headers={"prefer": "respond-async, wait=0"}
    )
    assert answer.status_code == 202
    assert answer.headers["preference-applied"] == "wait=0"


async def test_a_later_submission_that_is_indexed_ends_the_wait_for_the_earlier_one(door, matching) -> None:
    call = asyncio.create_task(
        door.client.put("/api/v1/resumes/r1", json={"text": "old"}, headers={"prefer": "wait=30"})
    )
    async with asyncio.timeout(10):
        while not door.publisher.topics[topics.STATUS]:
            await asyncio.sleep(0.005)
    revision = json.loads(door.publisher.topics[topics.STATUS][-1].value)["revision"]
    stamp, offset = revision.split("-")
    later = f"{stamp}-{int(offset) + 1}"
    await door.report(RESUME, revision, Status.SUPERSEDED)
    matching.index(RESUME, later)
    await door.report(RESUME, later, Status.INDEXED)
    assert (await call).json()["indexed_revision"] == later


@pytest.mark.parametrize(
    ("end", "answered"), [(Status.INDEXED, 201), (Status.FAILED, 422), (None, 202)], ids=["indexed", "failed", "open"]
)
async def test_a_later_submission_that_fails_says_nothing_of_the_earlier_one(
    door, matching, end: Status | None, answered: int
) -> None:
    seconds = 30 if end else 1
    call = asyncio.create_task(
        door.client.put("/api/v1/resumes/r1", json={"text": "old"}, headers={"prefer": f"wait={seconds}"})
    )
    async with asyncio.timeout(10):
        while not door.publisher.topics[topics.STATUS]:
            await asyncio.sleep(0.005)
    revision = json.loads(door.publisher.topics[topics.STATUS][-1].value)["revision"]
    stamp, offset = revision.split("-")
    await door.report(RESUME, f"{stamp}-{int(offset) + 1}", Status.FAILED, DocumentError("encrypted", "the newer's"))
    if end is not None:
        matching.index(RESUME, revision)
        await door.report(RESUME, revision, end, DocumentError("empty", "its own") if end is Status.FAILED else None)
    answer = await call
    assert answer.status_code == answered
    if end is Status.INDEXED:
        assert answer.json()["indexed_revision"] == revision
    if end is Status.FAILED:
        assert answer.json()["detail"] == "its own"
