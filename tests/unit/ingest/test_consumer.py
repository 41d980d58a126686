"""What a good event becomes: its text, its status, its tombstone, and the shape of what goes out."""

import base64
import json

import pytest

from libs.contracts import events
from libs.contracts.events import TYPE_DELETED
from libs.contracts.topics import STATUS, TEXT
from libs.telemetry.tracing import TRACEPARENT
from tests.fakes.ingest_work import Ingest
from tests.fakes.pdf_files import lines, pdf_file
from tests.fakes.submitted_records import STAMP, submitted

pytestmark = pytest.mark.unit

JOB = "default/job/4711"
STRUCTURED = "application/cloudevents+json"


async def test_a_submitted_job_becomes_its_stored_text_and_shows_as_parsed(ingest):
    record = submitted(
        42,
        value={"title": "Welder", "description": "Docks.", "requirements": ["TIG"], "metadata": {"city": "Oslo"}},
        ce_time="2026-11-23T17:04:54.925+01:00",
    )
    await ingest.take(record)
    (text,) = ingest.texts
    assert text.text == "Welder\n\nDocks.\n\nTIG"
    assert (text.title, text.description, text.requirements) == ("Welder", "Docks.", ["TIG"])
    assert (str(text.key), text.revision, text.metadata) == (JOB, f"{STAMP}-42", {"city": "Oslo"})
    assert text.source_event == events.SourceEvent("/ats", "event-42")
    assert (text.submitted_at, text.as_of) == ("2026-11-23T16:04:54.925Z", "2026-11-23")
    assert ingest.steps == [(JOB, "parsed", None)]
    assert ingest.statuses[0].revision == f"{STAMP}-42"
    assert ingest.publisher.topics[TEXT][0].key == JOB.encode()


async def test_a_structured_event_without_a_key_says_the_same_as_a_binary_one(ingest):
    envelope = {
        "specversion": "1.0", "id": "a2", "source": "/ats", "type": "shortlist.document.submitted.v1",
        "partitionkey": JOB, "subject": "job/4711", "data": {"description": "Docks."},
    }  # fmt: skip
    await ingest.take(submitted(key=None, value=envelope, content_type=STRUCTURED, type=None))
    assert [text.text for text in ingest.texts] == ["Docks."]
    assert ingest.texts[0].source_event.id == "a2"


async def test_a_structured_event_carries_a_file_as_base64(ingest):
    file = base64.b64encode(pdf_file(lines("Ada", "Welder"))).decode()
    envelope = {
        "specversion": "1.0", "id": "a3", "source": "/ats", "type": "shortlist.document.submitted.v1",
        "datacontenttype": "application/pdf", "data_base64": file,
    }  # fmt: skip
    await ingest.take(submitted(key=b"default/resume/7", value=envelope, content_type=STRUCTURED, type=None))
    assert [text.text for text in ingest.texts] == ["Ada\nWelder"]


async def test_a_file_brings_its_metadata_in_an_attribute(ingest):
    record = submitted(
        key=b"default/resume/7",
        value=pdf_file(lines("Ada", "Welder")),
        content_type="application/pdf",
        ce_filename="ada.pdf",
        ce_metadata='{"city":"Oslo\\u0000","years":7}',
    )
    await ingest.take(record)
    (text,) = ingest.texts
    assert (text.title, text.metadata, text.description) == ("Welder", {"city": "Oslo", "years": 7}, None)


async def test_headers_that_are_null_or_not_utf8_are_repaired_and_the_record_goes_on(ingest):
    await ingest.take(submitted(odd=b"\xff\xfe", nothing=None, ce_time=b"\xff", ce_filename=None))
    assert ingest.steps == [(JOB, "parsed", None)]


@pytest.mark.parametrize("value", [None, b"", b"{}"])
async def test_a_deletion_becomes_a_tombstone_with_type_and_revision(ingest, value):
    await ingest.take(submitted(3, value=value, type=TYPE_DELETED))
    (record,) = ingest.publisher.topics[TEXT]
    headers = dict(record.headers)
    assert (record.key, record.value) == (JOB.encode(), None)
    assert (headers["ce_type"].decode(), headers["revision"].decode()) == (TYPE_DELETED, f"{STAMP}-3")
    assert ingest.dead_letters == []


async def test_on_the_tryout_broker_every_revision_has_the_supervisors_stamp():
    ingest = await Ingest(tryout_stamp=77).take(submitted(4, timestamp_type=0))
    assert ingest.texts[0].revision == "77-4"


@pytest.mark.parametrize("time", [None, "yesterday", "2026-11-23", "2026-11-23T10:00:00", ""])
async def test_without_a_good_time_the_brokers_own_counts(ingest, time):
    await ingest.take(submitted(ce_time=time))
    assert (ingest.texts[0].submitted_at, ingest.texts[0].as_of) == ("2026-11-23T17:04:54.925Z", "2026-11-23")


@pytest.mark.parametrize(
    ("metadata", "day"),
    [
        ({"as_of": "2025-06-30"}, "2025-06-30"),
        ({"as_of": "2024-02-29"}, "2024-02-29"),
        ({"as_of": "2025-02-29"}, "2026-11-23"),
        ({"as_of": "June 2025"}, "2026-11-23"),
        ({"as_of": "2025-06-30T10:00:00Z"}, "2026-11-23"),
        ({"as_of": 2025}, "2026-11-23"),
        ({"as_of": ["2025-06-30"]}, "2026-11-23"),
        ({}, "2026-11-23"),
    ],
)
@pytest.mark.parametrize("place", ["body", "header"])
async def test_metadata_that_name_a_day_say_what_present_means(ingest, place, metadata, day):
    if place == "body":
        await ingest.take(submitted(value={"title": "Welder", "metadata": metadata}))
    else:
        sent = {"content_type": "text/plain", "ce_metadata": json.dumps(metadata)}
        await ingest.take(submitted(value=b"Welder", key=b"default/resume/1", **sent))
    (text,) = ingest.texts
    assert (text.as_of, text.metadata) == (day, metadata)
    assert text.submitted_at == "2026-11-23T17:04:54.925Z"


async def test_the_trace_goes_on_from_record_to_record(ingest):
    trace = "0af7651916cd43dd8448eb211c80319c"
    await ingest.take(submitted(traceparent=f"00-{trace}-b7ad6b7169203331-01"))
    for topic in (TEXT, STATUS):
        assert trace in dict(ingest.publisher.topics[topic][0].headers)[TRACEPARENT].decode()


async def test_the_largest_text_fits_its_record(ingest):
    body = {"title": "字", "description": "漢" * 100_000, "requirements": ["𠜎" * 99_990]}
    await ingest.take(submitted(value=json.dumps(body, ensure_ascii=False).encode()))
    assert ingest.steps == [(JOB, "parsed", None)]
    assert len(ingest.publisher.topics[TEXT][0].value) < 2 * 1_048_576
