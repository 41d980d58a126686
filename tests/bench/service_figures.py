"""The service around the engine: what reading, cutting, batching and packing cost, without Kafka and Redis."""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections.abc import Sequence
from itertools import count

import structlog

from libs.contracts.events import SourceEvent, TextEvent
from libs.contracts.topics import TEXT, VECTORS
from libs.messaging.records import Record
from libs.messaging.reporting import text_record
from services.embedding.api import total
from services.embedding.consumer import EmbeddingWork
from services.embedding.engines.protocol import Engine
from services.embedding.metrics import MODEL_IDLE, TOKENS
from services.embedding.model_lane import ModelLane
from services.embedding.pipeline import COMMIT_EVERY
from services.embedding.service import EmbeddingService
from tests.bench.engine_figures import BUDGET, run_planned
from tests.bench.protocol import Discarded, Row, paired, repeated, seconds_of
from tests.bench.texts import cut_up
from tests.fakes.in_memory_publisher import InMemoryPublisher

SHORT = "Registered nurse with five years of intensive care."
_numbers = count()


def service_rows(engine: Engine, documents: Sequence[str], discarded: Discarded) -> list[Row]:
    """Rows of documents through EmbeddingWork, and of single queries."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    texts = [
        text for document in documents for text in (lambda cut: [*cut.windows, *cut.units])(cut_up(engine, document))
    ]
    prepared = engine.prepare(list(dict.fromkeys(texts)))

    def one_by_one() -> None:
        for text in texts:
            engine.embed([text])

    before, idle = _tokens(), total(MODEL_IDLE, "_total")
    started = time.perf_counter()
    rows = [
        paired(
            "documents through the service, no broker / engine alone",
            lambda: seconds_of(lambda: run_planned(engine, prepared)),
            lambda: _documents(engine, documents),
            0.9,
            discarded,
        ),
        paired(
            "service / one text per call, long documents",
            lambda: seconds_of(one_by_one),
            lambda: _documents(engine, documents),
            1.1,
            discarded,
        ),
    ]
    after = _tokens()
    content, padding = after[0] - before[0], after[1] - before[1]
    rows.append(repeated("padding in what is computed", [padding / (content + padding)], 0.05, "share"))
    share = (total(MODEL_IDLE, "_total") - idle) / (time.perf_counter() - started)
    rows.append(repeated("model idle while there was work", [share], 0.1, "share"))
    rows += _query_rows(engine, discarded)
    return rows


def _query_rows(engine: Engine, discarded: Discarded) -> list[Row]:
    ten = [f"{SHORT} {number}" for number in range(10)]

    def run(size: int) -> list[float]:
        return asyncio.run(_queries(engine, size))

    return [
        paired(
            "one short text inside the service / the engine's own time",
            lambda: statistics.median(run(1)),
            lambda: statistics.median(seconds_of(lambda: engine.embed([SHORT], query=True)) for _ in range(40)),
            1.3,
            discarded,
            at_least=False,
        ),
        paired(
            "ten short texts in one call / the engine's own time",
            lambda: statistics.median(run(10)),
            lambda: statistics.median(seconds_of(lambda: engine.embed(ten, query=True)) for _ in range(40)),
            1.5,
            discarded,
            at_least=False,
        ),
    ]


async def _queries(engine: Engine, size: int) -> list[float]:
    lane = ModelLane(engine, batch_tokens=BUDGET, queries_waiting=64)
    lane.start()
    service = EmbeddingService(lane, None)
    found = []
    for _ in range(40):
        texts = [f"{SHORT} {next(_numbers)}" for _ in range(size)]
        started = time.perf_counter()
        await service.queries(texts)
        found.append(time.perf_counter() - started)
    await service.close()
    await lane.stop()
    return found


def _documents(engine: Engine, documents: Sequence[str]) -> float:
    return asyncio.run(_handled(engine, documents))


async def _handled(engine: Engine, documents: Sequence[str]) -> float:
    lane = ModelLane(engine, batch_tokens=BUDGET, queries_waiting=64)
    lane.start()
    service = EmbeddingService(lane, None)
    work = EmbeddingWork(service, InMemoryPublisher(), VECTORS)
    records = [_record(text, number) for number, text in enumerate(documents)]
    started = time.perf_counter()
    for first in range(0, len(records), COMMIT_EVERY):
        await work.handle(records[first : first + COMMIT_EVERY])
    seconds = time.perf_counter() - started
    await service.close()
    await lane.stop()
    return seconds


def _record(text: str, number: int) -> Record:
    outgoing = text_record(
        TextEvent(
            tenant="default",
            kind="resume",
            id=str(number),
            revision=f"1764000000000-{number}",
            source_event=SourceEvent("bench", str(number)),
            text=text,
            as_of="2026-01-01T00:00:00Z",
            content_hash="0" * 64,
        )
    )
    return Record(TEXT, 0, number, 1, 1, outgoing.key, outgoing.value, tuple(outgoing.headers))


def _tokens() -> tuple[float, float]:
    return TOKENS.labels("text")._value.get(), TOKENS.labels("padding")._value.get()
