"""The table of what comes in and where it ends (contracts: Events), row by row, and the shape of what goes out."""

import base64
import json

import pytest

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.events import TYPE_DELETED, StatusEvent, TextEvent
from libs.contracts.topics import STATUS, SUBMITTED, TEXT, dead_letters_topic
from libs.telemetry.tracing import TRACEPARENT
from services.ingest.consumer import IngestWork
from services.ingest.sandbox.pool import ParserFault
from services.ingest.service import IngestService
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.in_process_parser import InProcessParser
from tests.fakes.pdf_files import lines, pdf_file
from tests.fakes.submitted_records import STAMP, submitted

pytestmark = pytest.mark.unit

DEAD_LETTERS = dead_letters_topic("ingest")
STRUCTURED = "application/cloudevents+json"


class Ingest:
    """The work over fakes, and what came of it."""

    def __init__(self, tryout_stamp: int | None = None) -> None:
        self.publisher = InMemoryPublisher()
        self.parser = InProcessParser()
        self.work = IngestWork(IngestService(self.parser), self.publisher, tryout_stamp=tryout_stamp)

    async def take(self, *records) -> "Ingest":
        await self.work.handle(records)
        return self

    @property
    def statuses(self) -> list[StatusEvent]:
        return [events.decode(record.value, StatusEvent) for record in self.publisher.topics[STATUS]]

    @property
    def steps(self) -> list[tuple[str, str, str | None]]:
        """(document, status, error code) in the order of publishing."""
        return [(str(event.key), str(event.status), event.error and event.error.code) for event in self.statuses]

    @property
    def texts(self) -> list[TextEvent]:
        return [events.decode(record.value, TextEvent) for record in self.publisher.topics[TEXT] if record.value]

    @property
    def dead_letters(self) -> list[str]:
        """Their error codes."""
        return [
            dict(record.headers)["dead_letter_error_code"].decode() for record in self.publisher.topics[DEAD_LETTERS]
        ]


@pytest.fixture
def ingest() -> Ingest:
    return Ingest()


JOB = "default/job/4711"


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


@pytest.mark.parametrize(
    ("value", "content_type", "code"),
    [
        (b"not json", "application/json", "invalid_content"),
        ({"title": 7}, "application/json", "invalid_content"),
        ({"description": "a", "metadata": [1]}, "application/json", "invalid_content"),
        ({"title": "", "description": " \n"}, "application/json", "empty"),
        (b"", "application/json", "empty"),
        (b"", "application/pdf", "empty"),
        (b"{\\rtf1}", "application/rtf", "unsupported_type"),
        (b"%PDF-1.7 broken", "application/pdf", "invalid_content"),
        (b"a" * 8_388_609, "text/plain", "too_large"),
        (b"a" * 200_001, "text/plain", "too_large"),
    ],
)
async def test_bad_content_under_a_good_key_fails_with_a_reason_and_is_no_dead_letter(
    ingest, value, content_type, code
):
    await ingest.take(submitted(value=value, content_type=content_type))
    assert ingest.steps == [(JOB, "failed", code)]
    assert len(ingest.statuses[0].error.message) > 15
    assert ingest.dead_letters == []
    assert ingest.texts == []


async def test_metadata_of_the_wrong_form_in_the_attribute_fails(ingest):
    await ingest.take(submitted(ce_metadata='{"a":{"b":1}}'))
    assert ingest.steps == [(JOB, "failed", "invalid_content")]
    assert ingest.dead_letters == []


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"key": None}, "invalid_key"),
        ({"key": b""}, "invalid_key"),
        ({"key": b"default/job"}, "invalid_key"),
        ({"key": b"default/letter/7"}, "invalid_key"),
        ({"key": b"\xff\xfe"}, "invalid_key"),
        ({"key": b"De Fault/job/7"}, "invalid_key"),
        ({"key": b"default/job/.."}, "invalid_key"),
        ({"key": None, "ce_partitionkey": "default"}, "invalid_key"),
        ({"key": b"bad", "ce_partitionkey": JOB}, "invalid_key"),
    ],
)
async def test_a_record_that_names_no_document_is_a_dead_letter_alone(ingest, bent, code):
    await ingest.take(submitted(**bent))
    assert ingest.dead_letters == [code]
    assert ingest.steps == []


@pytest.mark.parametrize(
    ("bent", "code"),
    [
        ({"ce_partitionkey": "default/job/other"}, "key_mismatch"),
        ({"ce_partitionkey": "nonsense"}, "invalid_key"),
        ({"ce_subject": "resume/4711"}, "subject_mismatch"),
        ({"type": "shortlist.document.submitted.v2"}, "unknown_version"),
        ({"type": "shortlist.document.renamed.v1"}, "unknown_type"),
        ({"type": "com.example.thing"}, "unknown_type"),
        ({"type": None}, "unknown_type"),
        ({"ce_specversion": "2.0"}, "unknown_version"),
        ({"value": b"no envelope", "content_type": STRUCTURED}, "invalid_content"),
        ({"value": None}, "null_without_delete"),
        ({"value": None, "type": None}, "null_without_delete"),
    ],
)
async def test_any_other_dead_letter_also_shows_its_document_as_failed(ingest, bent, code):
    await ingest.take(submitted(**bent))
    assert ingest.dead_letters == [code]
    assert ingest.steps == [(JOB, "failed", code)]
    assert ingest.publisher.topics[TEXT] == []


async def test_a_dead_letter_is_the_record_untouched(ingest):
    record = submitted(9, key=b"bad", value=b"\x00\xff", odd=b"\xff", nothing=None)
    await ingest.take(record)
    (letter,) = ingest.publisher.topics[DEAD_LETTERS]
    assert (letter.key, letter.value) == (record.key, record.value)
    assert tuple(letter.headers[: len(record.headers)]) == record.headers


async def test_headers_that_are_null_or_not_utf8_are_repaired_and_the_record_goes_on(ingest):
    await ingest.take(submitted(odd=b"\xff\xfe", nothing=None, ce_time=b"\xff", ce_filename=None))
    assert ingest.steps == [(JOB, "parsed", None)]


async def test_missing_attributes_of_the_event_are_filled_in(ingest):
    record = submitted(5, ce_id=None, ce_source=None)
    await ingest.take(record)
    assert ingest.texts[0].source_event == events.SourceEvent(SUBMITTED, "0-5")


@pytest.mark.parametrize("value", [None, b"", b"{}"])
async def test_a_deletion_becomes_a_tombstone_with_type_and_revision(ingest, value):
    await ingest.take(submitted(3, value=value, type=TYPE_DELETED))
    (record,) = ingest.publisher.topics[TEXT]
    headers = dict(record.headers)
    assert (record.key, record.value) == (JOB.encode(), None)
    assert (headers["ce_type"].decode(), headers["revision"].decode()) == (TYPE_DELETED, f"{STAMP}-3")
    assert ingest.dead_letters == []


async def test_only_a_keys_newest_revision_in_a_batch_is_worked_on(ingest):
    other = submitted(3, key=b"default/job/other")
    await ingest.take(submitted(1), submitted(2), other, submitted(4))
    assert [(str(text.key), text.revision) for text in ingest.texts] == [
        ("default/job/other", f"{STAMP}-3"),
        (JOB, f"{STAMP}-4"),
    ]
    own = [(event.revision, str(event.status)) for event in ingest.statuses if str(event.key) == JOB]
    assert own == [(f"{STAMP}-1", "superseded"), (f"{STAMP}-2", "superseded"), (f"{STAMP}-4", "parsed")]
    assert len(ingest.parser.parsed) == 2


async def test_a_newer_one_that_fails_supersedes_nothing_and_the_newest_below_it_is_worked_on(ingest):
    await ingest.take(submitted(1), submitted(2), submitted(3, value=b"{not json"), submitted(4, value=b""))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-2"]
    assert [(event.revision, str(event.status)) for event in ingest.statuses] == [
        (f"{STAMP}-1", "superseded"),
        (f"{STAMP}-2", "parsed"),
        (f"{STAMP}-3", "failed"),
        (f"{STAMP}-4", "failed"),
    ]


async def test_what_a_deletion_superseded_does_not_come_back_when_a_later_one_fails(ingest):
    await ingest.take(submitted(1), submitted(2, type=TYPE_DELETED, value=None), submitted(3, value=b"{not json"))
    assert [record.value for record in ingest.publisher.topics[TEXT]] == [None]
    assert [str(event.status) for event in ingest.statuses] == ["superseded", "failed"]


async def test_a_keys_events_go_out_in_revision_order_even_from_two_partitions(ingest):
    await ingest.take(submitted(7), submitted(2, type=TYPE_DELETED, value=None), submitted(5, value={"title": 1}))
    revisions = [dict(record.headers)["revision"].decode() for record in ingest.publisher.topics[TEXT]]
    assert revisions == [f"{STAMP}-2", f"{STAMP}-7"]
    assert [event.revision for event in ingest.statuses] == [f"{STAMP}-5", f"{STAMP}-7"]


async def test_a_deletion_supersedes_what_came_before_it_and_not_what_comes_after(ingest):
    await ingest.take(submitted(1), submitted(2, type=TYPE_DELETED, value=None), submitted(3))
    assert [record.value is None for record in ingest.publisher.topics[TEXT]] == [True, False]
    assert [str(event.status) for event in ingest.statuses] == ["superseded", "parsed"]


async def test_the_event_that_its_producer_sent_twice_counts_once(ingest):
    await ingest.take(submitted(1, id="same"), submitted(2, id="same"))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-2"]
    assert ingest.steps == [(JOB, "superseded", None), (JOB, "parsed", None)], "each sending has an end"


async def test_an_event_sent_again_after_another_one_counts_again(ingest):
    await ingest.take(submitted(1, id="a"), submitted(2, id="b"), submitted(3, id="a"))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-3"]


async def test_a_record_that_is_set_aside_supersedes_nothing(ingest):
    await ingest.take(submitted(1), submitted(2, type="com.example.thing"))
    assert [text.revision for text in ingest.texts] == [f"{STAMP}-1"]
    assert [(event.revision, str(event.status)) for event in ingest.statuses] == [
        (f"{STAMP}-1", "parsed"),
        (f"{STAMP}-2", "failed"),
    ]


async def test_one_bad_record_lets_all_others_of_its_batch_pass(ingest):
    await ingest.take(submitted(1, key=b"bad"), submitted(2), submitted(3, key=b"default/job/b", value=b"no json"))
    assert sorted(ingest.steps) == [(JOB, "parsed", None), ("default/job/b", "failed", "invalid_content")]
    assert ingest.dead_letters == ["invalid_key"]


OWN_TOPIC = f"{SUBMITTED}.acme"


async def test_a_tenants_own_topic_takes_its_own_keys(ingest):
    await ingest.take(submitted(topic=OWN_TOPIC, key=b"acme/job/1"))
    assert ingest.steps == [("acme/job/1", "parsed", None)]


@pytest.mark.parametrize(
    "bent", [{}, {"value": None}, {"type": "x"}, {"type": TYPE_DELETED, "value": None}, {"ce_subject": "job/x"}]
)
async def test_another_tenants_key_there_is_a_dead_letter_alone(ingest, bent):
    await ingest.take(submitted(topic=OWN_TOPIC, key=b"default/job/1", **bent))
    assert ingest.dead_letters == ["invalid_key"]
    assert ingest.steps == []
    assert ingest.publisher.topics[TEXT] == []


async def test_another_tenants_partitionkey_there_is_a_dead_letter_alone_too(ingest):
    await ingest.take(submitted(topic=OWN_TOPIC, key=None, ce_partitionkey="default/job/1"))
    assert (ingest.dead_letters, ingest.steps) == (["invalid_key"], [])


async def test_on_the_tryout_broker_every_revision_has_the_supervisors_stamp():
    ingest = await Ingest(tryout_stamp=77).take(submitted(4, timestamp_type=0))
    assert ingest.texts[0].revision == "77-4"


async def test_a_producers_clock_never_decides(ingest):
    await ingest.take(submitted(timestamp_type=0))
    assert ingest.dead_letters == ["internal"]
    assert ingest.steps == []


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


async def test_a_broker_that_is_away_stops_the_batch(ingest):
    ingest.publisher.away[TEXT] = "gone"
    with pytest.raises(DependencyUnavailable):
        await ingest.take(submitted())


async def test_a_sandbox_that_cannot_start_is_no_documents_fault(ingest):
    ingest.parser.faults = [DependencyUnavailable("sandbox", "no processes left")]
    with pytest.raises(DependencyUnavailable):
        await ingest.take(submitted())
    assert ingest.steps == []


async def test_a_parsers_bug_is_left_to_the_bounded_attempts(ingest):
    ingest.parser.faults = [ParserFault("KeyError: x")]
    with pytest.raises(ParserFault):
        await ingest.take(submitted())
    assert ingest.steps == []


async def test_a_record_given_up_is_a_dead_letter_and_failed(ingest):
    await ingest.work.dead_letter(submitted(6), RecordRejected(ErrorCode.INTERNAL, "a fault of our own"), attempts=3)
    assert ingest.dead_letters == ["internal"]
    assert dict(ingest.publisher.topics[DEAD_LETTERS][0].headers)["dead_letter_attempts"] == b"3"
    assert ingest.steps == [(JOB, "failed", "internal")]
    assert ingest.statuses[0].source_event.id == "event-6"


async def test_a_record_whose_very_reading_fails_can_be_given_up(ingest, monkeypatch):
    def broken(*_):
        raise KeyError("a bug of ours")

    monkeypatch.setattr("services.ingest.consumer.read_record", broken)
    await ingest.work.dead_letter(submitted(6), RecordRejected(ErrorCode.INTERNAL, "a fault of our own"), attempts=3)
    assert ingest.dead_letters == ["internal"]
    assert ingest.steps == [(JOB, "failed", "internal")]


async def test_the_largest_text_fits_its_record(ingest):
    body = {"title": "字", "description": "漢" * 100_000, "requirements": ["𠜎" * 99_990]}
    await ingest.take(submitted(value=json.dumps(body, ensure_ascii=False).encode()))
    assert ingest.steps == [(JOB, "parsed", None)]
    assert len(ingest.publisher.topics[TEXT][0].value) < 2 * 1_048_576
