"""The spans of Kafka records."""

import asyncio

import pytest
from opentelemetry.trace import SpanKind, StatusCode

from libs.messaging.heartbeats import heartbeat_record
from libs.messaging.publishing import Outgoing, Published
from libs.messaging.records import Record
from libs.telemetry.record_spans import Sending, processing, record_headers
from libs.telemetry.tracing import traced

pytestmark = pytest.mark.unit
TRACE = "0af7651916cd43dd8448eb211c80319c"
INCOMING = f"00-{TRACE}-b7ad6b7169203331-01".encode()
KEY = b"acme/resume/4711"
TOPIC = "documents.text.v1"


def _record(key=KEY, value=b"Maria Sanchez", **headers):
    return Record(TOPIC, 3, 42, 0, 1, key, value, tuple(headers.items()))


async def _sent(record, end):
    """Sends it; `end` ends the acknowledgement. The headers that it was sent with."""
    acknowledgement = asyncio.get_running_loop().create_future()

    async def send():
        return acknowledgement

    sending = Sending(record)
    await sending.buffered(send())
    end(acknowledgement)
    await asyncio.wait([acknowledgement])
    acknowledgement.cancelled() or acknowledgement.exception()
    await asyncio.sleep(0)
    return dict(sending.headers)


def test_a_records_processing_says_what_the_conventions_ask_for_and_nothing_of_the_text(spans):
    with processing(_record(traceparent=INCOMING, revision=b"1764000000000-7")):
        pass
    (span,) = spans()
    assert span.name == f"process {TOPIC}"
    assert span.kind is SpanKind.CONSUMER
    assert f"{span.context.trace_id:032x}" == TRACE
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    assert dict(span.attributes) == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": TOPIC,
        "messaging.destination.partition.id": "3",
        "messaging.kafka.offset": 42,
        "messaging.kafka.message.key": "acme/resume/4711",
        "shortlist.revision": "1764000000000-7",
    }


@pytest.mark.parametrize("key", [None, b"", b"Maria Sanchez, +1 555", b"\xff\xfe"])
def test_a_key_that_names_no_document_stays_out_of_the_trace(spans, key):
    with processing(_record(key=key)):
        pass
    assert "messaging.kafka.message.key" not in spans()[0].attributes


def test_each_record_of_a_batch_is_in_its_own_trace(spans):
    other = INCOMING.replace(b"0af7", b"1af7")
    for traceparent in (INCOMING, other, None):
        with processing(_record(traceparent=traceparent)):
            pass
    traces = [span.context.trace_id for span in spans()]
    assert f"{traces[0]:032x}" == TRACE
    assert f"{traces[1]:032x}" == TRACE.replace("0af7", "1af7")
    assert len(set(traces)) == 3


async def test_a_record_is_sent_below_the_work_it_was_made_of_and_carries_its_sending_on(spans):
    with traced(INCOMING.decode(), "work"):
        made = Outgoing(TOPIC, KEY, b"", [("revision", b"1-2"), *record_headers()])
    headers = await _sent(made, lambda told: told.set_result(Published(5, 6, 0, 1)))
    work, sending = spans()
    assert (sending.name, sending.kind) == (f"send {TOPIC}", SpanKind.PRODUCER)
    assert sending.parent.span_id == work.context.span_id
    assert sending.attributes["messaging.destination.partition.id"] == "5"
    assert sending.attributes["messaging.kafka.offset"] == 6
    assert sending.attributes["shortlist.revision"] == "1-2"
    assert headers["traceparent"].decode() == f"00-{TRACE}-{sending.context.span_id:016x}-01"
    assert headers["revision"] == b"1-2"


async def test_a_record_that_is_made_outside_any_trace_begins_one(spans):
    headers = await _sent(Outgoing(TOPIC, KEY, b""), lambda told: told.set_result(Published(0, 0, 0, 1)))
    assert f"{spans()[0].context.trace_id:032x}" in headers["traceparent"].decode()


async def test_a_dead_letters_headers_stay_as_they_came(spans):
    came = [("traceparent", INCOMING), ("broken", None), ("latin", b"\xe9")]
    letter = Outgoing("dead-letters.ingest.v1", b"\xff", None, came)
    headers = await _sent(letter, lambda told: told.set_result(Published(0, 0, 0, 1)))
    assert headers == dict(came)
    assert f"{spans()[0].context.trace_id:032x}" == TRACE


async def test_a_heartbeat_belongs_to_no_trace(spans):
    heartbeat = heartbeat_record(TOPIC, 3)
    headers = await _sent(heartbeat, lambda told: told.set_result(Published(3, 0, 0, 1)))
    assert headers == dict(heartbeat.headers)
    assert spans() == []


async def test_a_record_that_the_command_puts_back_is_as_it_was():
    came = [("traceparent", INCOMING), ("broken", None)]
    headers = await _sent(Outgoing(TOPIC, KEY, b"", came), lambda told: told.set_result(Published(0, 0, 0, 1)))
    assert headers == dict(came)


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (lambda told: told.set_exception(ConnectionError("Maria")), "ConnectionError"),
        (lambda told: told.cancel(), "CancelledError"),
    ],
)
async def test_a_record_that_no_broker_acknowledged_is_shown_as_failed(spans, end, error):
    await _sent(Outgoing(TOPIC, KEY, b""), end)
    (span,) = spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == error


async def test_a_record_that_cannot_even_be_buffered_is_shown_as_failed(spans):
    async def send():
        raise BufferError

    with pytest.raises(BufferError):
        await Sending(Outgoing(TOPIC, KEY, b"")).buffered(send())
    assert spans()[0].attributes["error.type"] == "BufferError"
