"""Spans of Kafka records: one around the processing of a record, one from its sending to its acknowledgement.

Names and attributes are those of OpenTelemetry's conventions for messaging, and `shortlist.revision`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from opentelemetry.trace import INVALID_SPAN, Span, SpanKind
from opentelemetry.util.types import AttributeValue

from libs.contracts.identifiers import DocumentKey
from libs.contracts.topics import is_dead_letters
from libs.telemetry.tracing import (
    TRACEPARENT,
    TRACESTATE,
    context_of,
    fail,
    is_set_up,
    start_span,
    trace_headers,
    traced,
)

Headers = list[tuple[str, bytes | None]]
_REVISION = "revision"
_KEY = "messaging.kafka.message.key"
_OFFSET = "messaging.kafka.offset"
_PARTITION = "messaging.destination.partition.id"


class ReadRecord(Protocol):
    """What the span of a record that was read says of it."""

    @property
    def topic(self) -> str:
        """The topic it was read from."""
        ...

    @property
    def partition(self) -> int:
        """The partition it was read from."""
        ...

    @property
    def offset(self) -> int:
        """Its offset in the partition."""
        ...

    @property
    def key(self) -> bytes | None:
        """Its key as it came; None where it has none."""
        ...

    def header(self, name: str) -> str | None:
        """The last header of that name."""
        ...


class SentRecord(Protocol):
    """What the span of a record that is sent says of it."""

    @property
    def topic(self) -> str:
        """The topic it goes to."""
        ...

    @property
    def key(self) -> bytes | None:
        """The key it is sent with; None where it has none."""
        ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """Its headers in their order; a name may come more than once."""
        ...


class Acknowledged(Protocol):
    """Where the broker put a record."""

    @property
    def partition(self) -> int:
        """The partition it was put into."""
        ...

    @property
    def offset(self) -> int:
        """Its offset there."""
        ...


Published = TypeVar("Published", bound=Acknowledged)


@contextmanager
def processing(record: ReadRecord, *, since: int | None = None) -> Iterator[Span]:
    """The span of one record's processing, in the trace that its headers carry. `since`: its beginning, ns."""
    attributes = _attributes("process", record.topic, record.key, record.header(_REVISION))
    attributes[_PARTITION] = str(record.partition)
    attributes[_OFFSET] = record.offset
    with traced(
        record.header(TRACEPARENT),
        f"process {record.topic}",
        tracestate=record.header(TRACESTATE),
        kind=SpanKind.CONSUMER,
        attributes=attributes,
        since=since,
    ) as span:
        yield span


def record_headers() -> Headers:
    """The headers of a record that is made of the current work; none outside any trace."""
    return [(name, value.encode()) for name, value in trace_headers().items()]


class Sending:
    """The span of one record's sending, below the work that the record was made of.

    `headers` are what the record is to be sent with: they carry this span. A dead letter's stay as they came, and so
    do those of a record that the command puts back, which makes no spans. Nor is one made of a heartbeat, which
    belongs to no trace and no document.
    """

    def __init__(self, record: SentRecord) -> None:
        self.headers: Headers = list(record.headers)
        self._span = _sending(record) if is_set_up() else INVALID_SPAN
        if self._span is not INVALID_SPAN and not is_dead_letters(record.topic):
            others = [header for header in record.headers if header[0] not in (TRACEPARENT, TRACESTATE)]
            own = trace_headers(self._span).items()
            self.headers = [*others, *((name, value.encode()) for name, value in own)]

    async def buffered(self, send: Awaitable[asyncio.Future[Published]]) -> asyncio.Future[Published]:
        """What `send` gives: the acknowledgement that is to come. The span ends with it."""
        try:
            acknowledgement = await send
        except BaseException as error:
            fail(self._span, type(error).__name__)
            self._span.end()
            raise
        acknowledgement.add_done_callback(self._end)
        return acknowledgement

    def _end(self, acknowledgement: asyncio.Future[Published]) -> None:
        if acknowledgement.cancelled():
            fail(self._span, "CancelledError")
        elif error := acknowledgement.exception():
            fail(self._span, type(error).__name__)
        else:
            published = acknowledgement.result()
            self._span.set_attribute(_PARTITION, str(published.partition))
            self._span.set_attribute(_OFFSET, published.offset)
        self._span.end()


def _sending(record: SentRecord) -> Span:
    found = {name: _text(value) for name, value in record.headers if name in (TRACEPARENT, TRACESTATE, _REVISION)}
    traceparent = found.get(TRACEPARENT)
    attributes = _attributes("send", record.topic, record.key, found.get(_REVISION))
    if traceparent is None and _KEY not in attributes:
        return INVALID_SPAN
    return start_span(
        f"send {record.topic}",
        context=context_of(traceparent, found.get(TRACESTATE)) if traceparent else None,
        kind=SpanKind.PRODUCER,
        attributes=attributes,
    )


def _attributes(operation: str, topic: str, key: bytes | None, revision: str | None) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "messaging.system": "kafka",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }
    if document := _document(key):
        attributes[_KEY] = document
    if revision:
        attributes["shortlist.revision"] = revision[:60]
    return attributes


def _document(key: bytes | None) -> str | None:
    """The document that a key names. A foreign producer's key may be anything, which has no place in a trace."""
    try:
        return str(DocumentKey.decode(key or b""))
    except ValueError:
        return None


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
