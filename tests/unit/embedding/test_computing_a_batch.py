"""How a batch is computed: each text once, short ones first, and what happens while the model or the broker is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.contracts.topics import STATUS, VECTORS
from libs.messaging.reporting import text_record
from services.embedding import consumer
from services.embedding.api import total
from services.embedding.consumer import EmbeddingWork
from services.embedding.metrics import MODEL_IDLE, TOKENS
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService, ModelRefusal
from tests.fakes.faulty_engine import FaultyEngine, raising
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.text_records import event, read, record, vectors_of

pytestmark = pytest.mark.unit

DEAD = "dead-letters.embedding.v1"


class Remembering:
    """A cache in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    async def get_many(self, texts: list[str]) -> dict[str, Any]:
        return {text: self.kept[text] for text in texts if text in self.kept}

    async def keep(self, document: DocumentKey, texts: list[str], vectors: dict[str, Any]) -> None:
        self.kept.update(vectors)


async def test_while_the_model_is_away_nothing_is_published_and_the_batch_can_be_done_again(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    batch = [record(), record("Welder.", id="8")]
    engine.fault = raising
    with pytest.raises(DependencyUnavailable):
        await work.handle(batch)
    assert publisher.topics[VECTORS] == publisher.topics[STATUS] == publisher.topics[DEAD] == []
    engine.fault = None
    await work.handle(batch)
    assert sorted(made.id for made in vectors_of(publisher)) == ["7", "8"]


async def test_a_document_on_which_alone_the_model_fails_does_not_hold_up_the_others_for_ever(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    engine.fault = lambda vectors: raising(vectors) if "Poison." in engine.calls[-1] else vectors
    with pytest.raises(ModelRefusal, match="acme/resume/7"):
        await work.handle([record("Poison.")])
    assert publisher.topics[VECTORS] == []


async def test_while_the_broker_is_away_the_batch_is_not_done(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    publisher.away[VECTORS] = "no leader"
    with pytest.raises(DependencyUnavailable, match="no leader"):
        await work.handle([record()])


async def test_equal_texts_of_a_batch_are_computed_once(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine, counted
) -> None:
    await work.handle([record(id=str(number)) for number in range(5)])
    assert len(vectors_of(publisher)) == 5
    assert len({made.embedding.windows.vectors.data for made in vectors_of(publisher)}) == 1
    assert len(engine.texts) == len(set(engine.texts)) == counted.texts == 3


async def test_a_text_that_is_to_be_computed_again_is_not_taken_from_the_cache_and_renews_it(
    lane: ModelLane, publisher: InMemoryPublisher
) -> None:
    cache: Any = Remembering()
    work = EmbeddingWork(EmbeddingService(lane, cache), publisher, VECTORS)
    await work.handle([record()])
    fresh = dict(cache.kept)
    cache.kept = {text: np.ones_like(vector) for text, vector in fresh.items()}
    again = read(text_record(event(), recompute=True))
    await work.handle([record(id="8"), again])
    first, *rest = vectors_of(publisher)
    (other,), (second,) = ([each for each in rest if each.id == id] for id in ("8", first.id))
    assert second.embedding == first.embedding
    assert other.embedding != first.embedding, "the other one is taken from the cache"
    assert all(np.array_equal(cache.kept[text], vector) for text, vector in fresh.items())


async def test_a_short_document_is_published_while_a_long_one_of_its_batch_is_still_worked_on(
    work: EmbeddingWork, publisher: InMemoryPublisher
) -> None:
    long = " ".join(f"She planned the care of {number} patients on her ward." for number in range(800))
    await work.handle([record(long, id="long"), record(id="short")])
    assert [made.id for made in vectors_of(publisher)] == ["short", "long"]


async def test_of_a_batch_with_a_document_that_the_model_fails_on_the_others_are_published(
    work: EmbeddingWork, publisher: InMemoryPublisher, engine: FaultyEngine
) -> None:
    engine.fault = lambda vectors: raising(vectors) if "Poison." in engine.calls[-1] else vectors
    with pytest.raises(ModelRefusal, match="acme/resume/7"):
        await work.handle([record("Poison."), *(record(f"Good {n}.", id=str(n)) for n in range(10, 16))])
    assert sorted(made.id for made in vectors_of(publisher)) == [str(n) for n in range(10, 16)]


async def test_what_is_computed_for_the_batch_is_counted_with_its_padding_and_the_models_waiting(
    work: EmbeddingWork,
) -> None:
    before = total(TOKENS, "_total"), total(MODEL_IDLE, "_total")
    await work.handle([record(id="8")])
    # "Registered nurse ." and "Intensive care for five years .", and both as one window.
    assert total(TOKENS, "_total") - before[0] == 3 + 6 + 9
    assert total(MODEL_IDLE, "_total") > before[1]


async def test_events_are_read_and_written_beside_the_event_loop(
    work: EmbeddingWork, publisher: InMemoryPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long document's event takes long to read: heartbeats and queries go on meanwhile."""
    threads: dict[str, int] = {}

    def noted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            threads[name] = threading.get_ident()
            return function(*arguments)

        return call

    sent = record()
    monkeypatch.setattr(consumer.events, "decode", noted("read", events.decode))
    monkeypatch.setattr(consumer, "vectors_record", noted("written", consumer.vectors_record))
    await work.handle([sent])
    assert len(publisher.topics[VECTORS]) == 1
    assert threads.keys() == {"read", "written"}
    assert threading.get_ident() not in threads.values()
