"""The way into the model: who overtakes whom, what is refused, and what never comes back from a broken model."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from libs.contracts.errors import SurroundingsFault
from services.embedding.engines.protocol import Vectors
from services.embedding.model_lane import ModelLane, TooBusy
from services.embedding.model_run import is_out_of_memory
from services.embedding.service import EmbeddingService
from tests.fakes.faulty_engine import FAULTS, FaultyEngine, raising

pytestmark = pytest.mark.unit


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)


def started(work: Awaitable[Vectors]) -> asyncio.Future[Vectors]:
    return asyncio.ensure_future(work)


async def held_up(lane: ModelLane, engine: FaultyEngine) -> asyncio.Future[Vectors]:
    """A document that the model works on until it is released."""
    engine.hold()
    first = started(lane.embed(["first"], [1], "document"))
    await until(engine.running.is_set)
    return first


async def test_vectors_come_back_in_the_order_of_their_texts_whatever_the_batches(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    texts = [f"word{n} " * (n % 7 + 1) for n in range(60)]
    vectors = await lane.embed(texts, [50 * (n % 7 + 1) for n in range(60)], "document")
    assert len(engine.calls) > 10
    assert np.array_equal(vectors, FaultyEngine().embed(texts))


async def test_a_query_overtakes_documents_that_wait(lane: ModelLane, engine: FaultyEngine) -> None:
    first = await held_up(lane, engine)
    documents = started(lane.embed(["one", "two", "three"], [256] * 3, "document"))
    await asyncio.sleep(0)
    query = started(lane.embed(["asked"], [1], "query"))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, documents, query)
    assert engine.calls == [["first"], ["asked"], ["one"], ["two"], ["three"]]


async def test_more_queries_than_may_wait_are_refused_and_documents_never(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    first = await held_up(lane, engine)
    waiting = [started(lane.embed([f"query {n}"], [2], "query")) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await lane.embed(["one too many"], [3], "query")
    document = started(lane.embed(["a document"] * 1, [2], "document"))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, *waiting, document)
    assert "one too many" not in engine.texts
    assert (await lane.embed(["later"], [1], "query")).shape == (1, 384)


async def test_queries_that_were_given_up_do_not_keep_others_out(lane: ModelLane, engine: FaultyEngine) -> None:
    first = await held_up(lane, engine)
    given_up = [started(lane.embed([f"query {n}"], [2], "query")) for n in range(2)]
    await asyncio.sleep(0)
    for query in given_up:
        query.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    asked = started(lane.embed(["still asked"], [2], "query"))
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, asked)
    assert engine.texts == ["first", "still asked"]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_what_a_broken_model_gives_is_never_returned(
    lane: ModelLane, engine: FaultyEngine, counted, fault: Callable[[Vectors], Vectors]
) -> None:
    engine.fault = fault
    with pytest.raises(SurroundingsFault) as caught:
        await lane.embed(["one", "two", "three"], [2, 2, 2], "document")
    assert caught.value.part == "model"
    assert counted.texts == 0
    engine.fault = None
    assert np.array_equal(await lane.embed(["one"], [1], "document"), FaultyEngine().embed(["one"]))


async def test_one_broken_batch_of_several_fails_the_whole_call(lane: ModelLane, engine: FaultyEngine) -> None:
    engine.fault = lambda vectors: vectors if len(engine.calls) < 3 else raising(vectors)
    with pytest.raises(SurroundingsFault, match="memory is gone"):
        await lane.embed(["one", "two", "three"], [256] * 3, "document")


async def test_a_batch_too_large_for_the_memory_is_computed_in_halves(lane: ModelLane, engine: FaultyEngine) -> None:
    engine.fault = lambda vectors: vectors if len(vectors) <= 2 else raising(vectors)
    texts = [f"text {n}" for n in range(7)]
    vectors = await lane.embed(texts, [2] * 7, "document")
    assert np.array_equal(vectors, FaultyEngine().embed(texts))
    assert max(map(len, engine.calls)) == 7
    assert len(engine.calls) == 7, "only what failed was halved"


@pytest.mark.parametrize(
    ("error", "halves"),
    [
        (MemoryError(), True),
        (RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("the model's file is broken"), False),
    ],
)
def test_engines_say_in_different_words_that_memory_does_not_suffice(error: Exception, halves: bool) -> None:
    assert is_out_of_memory(error) is halves


async def test_a_model_that_hangs_is_told_and_the_process_ends(engine: FaultyEngine) -> None:
    ended: list[bool] = []
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2, model_seconds=0.2, on_hang=lambda: ended.append(True))
    lane.start()
    engine.hold()
    with pytest.raises(SurroundingsFault, match=r"within 0\.2 s"):
        await lane.embed(["one"], [1], "document")
    engine.release()
    await lane.stop()
    assert ended == [True]


async def test_after_failures_in_a_row_the_model_is_left_alone_for_a_while(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    engine.fault = raising
    for _ in range(8):
        with pytest.raises(SurroundingsFault):
            await lane.embed(["one"], [1], "document")
    assert len(engine.calls) == 5


async def test_a_caller_that_leaves_harms_nobody(lane: ModelLane, engine: FaultyEngine) -> None:
    first = await held_up(lane, engine)
    left = started(lane.embed(["left one", "left two"], [256, 256], "document"))
    stays = started(lane.embed(["stays"], [1], "document"))
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
    waits = started(lane.embed(["waits"], [1], "query"))
    await asyncio.sleep(0)
    stopping = asyncio.ensure_future(lane.stop())
    async with asyncio.timeout(10):
        for caller in (first, waits, started(lane.embed(["too late"], [1], "document"))):
            with pytest.raises(SurroundingsFault, match="stopping"):
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
