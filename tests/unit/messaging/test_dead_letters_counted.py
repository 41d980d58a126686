"""Every dead letter is counted once, whichever service set the record aside and whichever way it came to that."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.topics import STATUS, SUBMITTED, TEXT, VECTORS
from libs.messaging.consumer.retrying import Work, Worker
from libs.messaging.metrics import DEAD_LETTERED
from libs.messaging.records import Record
from libs.telemetry.health import Health
from services.embedding.consumer import EmbeddingWork
from services.embedding.engines.hash import HashEngine
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService
from services.ingest.consumer import IngestWork
from services.ingest.service import IngestService
from services.matching.consumer import MatchingWork
from services.matching.spaces.lifecycle import Spaces
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.in_process_parser import InProcessParser

pytestmark = pytest.mark.unit


def _ingest(publisher: InMemoryPublisher) -> Work:
    return IngestWork(IngestService(InProcessParser()), publisher, tryout_stamp=None)


def _embedding(publisher: InMemoryPublisher) -> Work:
    lane = ModelLane(HashEngine(), batch_tokens=256, queries_waiting=2)
    return EmbeddingWork(EmbeddingService(lane, None), publisher, VECTORS)


def _matching(publisher: InMemoryPublisher) -> Work:
    # A record that cannot be read reaches neither of the two.
    return MatchingWork(cast(DocumentWriter, None), cast(Spaces, None), publisher)


SERVICES = pytest.mark.parametrize(
    ("make", "topic"), [(_ingest, SUBMITTED), (_embedding, TEXT), (_matching, STATUS), (_matching, VECTORS)]
)


def counted(service: str, code: ErrorCode) -> float:
    return float(DEAD_LETTERED.labels(service, str(code))._value.get())


def unreadable(topic: str) -> Record:
    return Record(topic, 0, 5, 1_764_000_000_000, 1, b"no key of ours", b"{", ())


def codes(publisher: InMemoryPublisher, service: str) -> list[str]:
    letters = publisher.topics[f"dead-letters.{service}.v1"]
    return [(dict(letter.headers)["dead_letter_error_code"] or b"").decode() for letter in letters]


@SERVICES
async def test_a_record_that_its_service_cannot_read_is_counted_as_a_dead_letter(
    make: Callable[[InMemoryPublisher], Work], topic: str
) -> None:
    publisher = InMemoryPublisher()
    work = make(publisher)
    before = {code: counted(work.service, code) for code in ErrorCode}
    await work.handle([unreadable(topic), unreadable(topic)])
    first, second = codes(publisher, work.service)
    assert first == second
    assert counted(work.service, ErrorCode(first)) == before[ErrorCode(first)] + 2


@SERVICES
async def test_a_record_that_its_worker_gives_up_is_counted_once(
    make: Callable[[InMemoryPublisher], Work], topic: str
) -> None:
    publisher = InMemoryPublisher()
    work = make(publisher)
    before = counted(work.service, ErrorCode.INTERNAL)
    await Worker(work, Health("test")).dead_letter(
        unreadable(topic), RecordRejected(ErrorCode.INTERNAL, "a fault of our own"), 3
    )
    assert codes(publisher, work.service) == ["internal"]
    assert counted(work.service, ErrorCode.INTERNAL) == before + 1


@SERVICES
async def test_a_dead_letter_that_the_broker_does_not_take_is_not_counted(
    make: Callable[[InMemoryPublisher], Work], topic: str
) -> None:
    publisher = InMemoryPublisher()
    work = make(publisher)
    publisher.away[f"dead-letters.{work.service}.v1"] = "no broker"
    before = {code: counted(work.service, code) for code in ErrorCode}
    with pytest.raises(Exception, match="no broker"):
        await work.handle([unreadable(topic)])
    assert {code: counted(work.service, code) for code in ErrorCode} == before
