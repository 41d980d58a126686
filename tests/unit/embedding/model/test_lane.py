"""The way into the model: who overtakes whom, what waits, and what is refused."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from libs.contracts.errors import DependencyUnavailable
from services.embedding.model.lane import ModelLane, TooBusy
from services.embedding.service import EmbeddingService
from tests.fakes.faulty_engine import FaultyEngine
from tests.unit.embedding.model.lane_work import embedded, held_up, long, started, until

pytestmark = pytest.mark.unit


async def test_vectors_come_back_in_the_order_of_their_texts_whatever_the_batches(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    texts = [f"word{n} " * (20 * (n % 7) + 1) for n in range(60)]
    vectors = await embedded(lane, texts, "document")
    assert len(engine.calls) > 10
    assert np.array_equal(vectors, FaultyEngine().embed(texts))


async def test_a_query_overtakes_documents_that_wait(lane: ModelLane, engine: FaultyEngine) -> None:
    first = await held_up(lane, engine)
    documents = started(embedded(lane, [long("one"), long("two"), long("three")], "document"))
    await asyncio.sleep(0)
    query = started(embedded(lane, ["asked"], "query"))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, documents, query)
    assert [[text.split()[0] for text in call] for call in engine.calls[:2]] == [["first"], ["asked"]]
    assert len(engine.calls) == 5


async def test_a_query_waits_for_no_batch_where_the_engine_computes_it_beside() -> None:
    engine = FaultyEngine(query_streams=1)
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2)
    lane.start()
    engine.hold(queries=False)
    document = started(embedded(lane, ["a document"], "document"))
    await until(engine.running.is_set)
    try:
        async with asyncio.timeout(10):
            for query in ("asked", "asked more"):
                await embedded(lane, [query], "query")
        assert engine.texts == ["a document", "asked", "asked more"]
        assert not document.done()
    finally:
        engine.release()
        await document
        await lane.stop()


async def test_more_queries_than_may_wait_are_refused_before_they_are_cut_and_documents_never(
    lane: ModelLane, service: EmbeddingService, engine: FaultyEngine
) -> None:
    first = await held_up(lane, engine)
    waiting = [started(service.queries([f"query {n}"])) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await service.queries(["one too many"])
    document = started(embedded(lane, ["a document"], "document"))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, *waiting, document)
    assert "one too many" not in engine.texts
    assert (await service.queries(["later"])).shape == (1, 384)


async def test_a_long_query_takes_the_room_of_several(
    lane: ModelLane, service: EmbeddingService, engine: FaultyEngine
) -> None:
    first = await held_up(lane, engine)
    waiting = started(service.queries(["a short query"]))
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await service.queries(["nurse " * 200])
    engine.release()
    await asyncio.gather(first, waiting)


async def test_one_call_of_more_queries_than_may_wait_is_answered_where_nobody_else_asks(
    service: EmbeddingService,
) -> None:
    assert len(await service.queries([f"query {n}" for n in range(5)])) == 5


async def test_queries_that_were_given_up_do_not_keep_others_out(
    lane: ModelLane, service: EmbeddingService, engine: FaultyEngine
) -> None:
    first = await held_up(lane, engine)
    given_up = [started(service.queries([f"query {n}"])) for n in range(2)]
    await asyncio.sleep(0)
    for query in given_up:
        query.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    asked = started(service.queries(["still asked"]))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, asked)
    assert engine.texts == ["first", "still asked"]


async def test_equal_texts_of_several_callers_are_computed_once_and_queries_apart_from_passages(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    first = await held_up(lane, engine)
    callers = [started(embedded(lane, ["a nurse"], line)) for line in ("query", "query", "document", "document")]
    await asyncio.sleep(0)
    callers[0].cancel()
    callers[2].cancel()
    await asyncio.gather(callers[0], callers[2], return_exceptions=True)
    engine.release()
    await asyncio.gather(first, callers[1], callers[3])
    assert engine.calls == [["first"], ["a nurse"], ["a nurse"]]


async def test_as_many_batches_are_computed_side_by_side_as_the_engine_takes(lane_of_two: ModelLane) -> None:
    engine = lane_of_two.engine
    assert isinstance(engine, FaultyEngine)
    engine.hold()
    documents = started(embedded(lane_of_two, [long(word) for word in ("one", "two", "three", "four")], "document"))
    await until(lambda: len(engine.calls) == 2)
    query = started(embedded(lane_of_two, ["query"], "query"))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(documents, query)
    # Two threads go on at once: which of them is seen first does not matter.
    assert ["query"] in engine.calls[2:4], "it overtakes the fourth, if not the third"


async def test_a_batch_that_is_not_full_waits_for_texts_that_are_coming(lane: ModelLane, engine: FaultyEngine) -> None:
    with lane.coming():
        first = started(embedded(lane, ["first"], "document"))
        second = started(embedded(lane, ["second"], "document"))
        await asyncio.sleep(0)
        assert engine.calls == []
    await asyncio.gather(first, second)
    assert sorted(engine.texts) == ["first", "second"]
    assert len(engine.calls) == 1


async def test_a_free_thread_waits_for_texts_that_are_coming_only_for_a_moment(lane_of_two: ModelLane) -> None:
    engine = lane_of_two.engine
    assert isinstance(engine, FaultyEngine)
    first = await held_up(lane_of_two, engine)
    with lane_of_two.coming():
        second = started(embedded(lane_of_two, ["second"], "document"))
        await until(lambda: len(engine.calls) == 2)
        engine.release()
    await asyncio.gather(first, second)


async def test_texts_that_come_late_hold_up_nobody(lane: ModelLane, engine: FaultyEngine) -> None:
    with lane.coming():
        await embedded(lane, ["first"], "document")
        await embedded(lane, [long("full"), long("batch")], "document")
        await embedded(lane, ["query"], "query")
    assert len(engine.texts) == 4


async def test_a_caller_that_leaves_harms_nobody(lane: ModelLane, engine: FaultyEngine) -> None:
    first = await held_up(lane, engine)
    left = started(embedded(lane, [long("left"), long("gone")], "document"))
    stays = started(embedded(lane, ["stays"], "document"))
    await asyncio.sleep(0)
    left.cancel()
    first.cancel()
    await asyncio.gather(first, left, return_exceptions=True)
    engine.release()
    assert np.array_equal(await stays, FaultyEngine().embed(["stays"]))
    assert engine.texts == ["first", "stays"]


async def test_stopping_tells_everybody_who_waits(engine: FaultyEngine) -> None:
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2)
    lane.start()
    first = await held_up(lane, engine)
    waits = started(embedded(lane, ["waits"], "query"))
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(lane.stop())
    async with asyncio.timeout(10):
        for caller in (first, waits, started(embedded(lane, ["too late"], "document"))):
            with pytest.raises(DependencyUnavailable, match="stopping"):
                await caller
        engine.release()
        await stopping
    assert engine.texts == ["first"]


async def test_probes_and_the_warm_up_are_not_counted(service: EmbeddingService, counted) -> None:
    await service.warm_up()
    assert await service.probe() > 0
    assert counted.texts == 0
    await service.queries(["a nurse", "a welder"])
    assert counted.texts == 2


async def test_equal_texts_of_one_call_are_computed_once(
    service: EmbeddingService, engine: FaultyEngine, counted
) -> None:
    vectors = await service.queries(["a nurse", "a welder", "a nurse"])
    assert engine.texts == ["a nurse", "a welder"]
    assert counted.texts == 2
    assert np.array_equal(vectors[0], vectors[2])


async def test_a_query_beyond_the_limit_gets_the_mean_of_its_windows(
    service: EmbeddingService, engine: FaultyEngine
) -> None:
    text = " ".join(f"She planned the care of {number} patients on her ward." for number in range(80))
    (vector,) = await service.queries([text])
    assert len(engine.texts) > 2
    mean = FaultyEngine().embed(engine.texts).mean(axis=0)
    assert vector @ mean / np.linalg.norm(mean) > 0.99
    assert abs(np.linalg.norm(vector) - 1) < 1e-5


async def test_a_document_comes_in_while_the_model_works_and_is_computed_with_others(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    first = await held_up(lane, engine)
    documents = [started(embedded(lane, [f"one of {n}"], "document")) for n in range(5)]
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, *documents)
    assert [len(call) for call in engine.calls] == [1, 5]
