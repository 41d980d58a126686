"""What never comes back from a broken model, who is told, and when the process ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np
import pytest

from libs.contracts.errors import DependencyUnavailable
from services.embedding.engines.protocol import Vectors
from services.embedding.model import run as model_run
from services.embedding.model.lane import ModelLane
from services.embedding.model.pool import Pool, Waiting
from services.embedding.model.run import is_out_of_memory
from tests.fakes.faulty_engine import FAULTS, FaultyEngine, raising
from tests.unit.embedding.model.lane_work import embedded, held_up, long, started, until

pytestmark = pytest.mark.unit


async def test_one_poisoned_text_takes_no_other_documents_vectors(lane: ModelLane, engine: FaultyEngine) -> None:
    first = await held_up(lane, engine)
    engine.fault = lambda vectors: raising(vectors) if "poison" in engine.calls[-1] else vectors
    poisoned = started(embedded(lane, ["poison"], "document"))
    others = [started(embedded(lane, [f"good{n}"], "document")) for n in range(6)]
    await asyncio.sleep(0)
    engine.release()
    await asyncio.gather(first, *others)
    with pytest.raises(DependencyUnavailable, match="memory is gone"):
        await poisoned


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_what_a_broken_model_gives_is_never_returned(
    lane: ModelLane, engine: FaultyEngine, counted, fault: Callable[[Vectors], Vectors]
) -> None:
    engine.fault = fault
    with pytest.raises(DependencyUnavailable) as caught:
        await embedded(lane, ["one", "two", "three"], "document")
    assert caught.value.part == "model"
    assert counted.texts == 0
    engine.fault = None
    assert np.array_equal(await embedded(lane, ["one"], "document"), FaultyEngine().embed(["one"]))


async def test_one_broken_batch_of_several_fails_the_whole_call(lane: ModelLane, engine: FaultyEngine) -> None:
    engine.fault = lambda vectors: vectors if len(engine.calls) < 3 else raising(vectors)
    with pytest.raises(DependencyUnavailable, match="memory is gone"):
        await embedded(lane, [long("one"), long("two"), long("three")], "document")


async def test_a_batch_too_large_for_the_memory_is_computed_in_halves(lane: ModelLane, engine: FaultyEngine) -> None:
    engine.fault = lambda vectors: vectors if len(vectors) <= 2 else raising(vectors)
    texts = [f"text {n}" for n in range(7)]
    vectors = await embedded(lane, texts, "document")
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
    with pytest.raises(DependencyUnavailable, match=r"within 0\.2 s"):
        await embedded(lane, ["one"], "document")
    engine.release()
    await lane.stop()
    assert ended == [True]


async def test_a_turn_that_waits_behind_a_long_one_does_not_count_as_hanging(engine: FaultyEngine) -> None:
    def slowly(vectors: Vectors) -> Vectors:
        time.sleep(0.9)
        return vectors

    ended: list[bool] = []
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2, model_seconds=1.5, on_hang=lambda: ended.append(True))
    lane.start()
    engine.fault = slowly
    await embedded(lane, [long("first"), long("second")], "document")
    await lane.stop()
    assert len(engine.calls) == 2
    assert ended == []


async def test_after_failures_in_a_row_the_model_is_left_alone_for_a_while(
    lane: ModelLane, engine: FaultyEngine
) -> None:
    engine.fault = raising
    for _ in range(8):
        with pytest.raises(DependencyUnavailable):
            await embedded(lane, ["one"], "document")
    # A turn that was given to the thread before the fifth failure may be the sixth call.
    assert 5 <= len(engine.calls) <= 6


async def test_a_model_that_hangs_while_it_is_stopped_ends_the_process(
    engine: FaultyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_run, "CLOSE_SECONDS", 0.1)
    ended: list[bool] = []
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2, on_hang=lambda: ended.append(True))
    lane.start()
    document = await held_up(lane, engine)
    await lane.stop()
    assert ended == [True]
    with pytest.raises(DependencyUnavailable, match="stopping"):
        await document
    engine.release()


async def test_a_lane_that_breaks_ends_the_process_rather_than_leaving_everybody_waiting(
    engine: FaultyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2, on_hang=lambda: ended.append(True))

    def broken() -> None:
        raise KeyError("a fault of our own")

    monkeypatch.setattr(lane, "_begin_turns", broken)
    lane.start()
    await until(lambda: ended == [True])
    await lane.stop()


async def test_a_fault_outside_of_the_model_is_told_too(
    lane: ModelLane, engine: FaultyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Pool) -> list[Waiting]:
        raise KeyError("a fault of our own")

    with monkeypatch.context() as patched:
        patched.setattr(Pool, "take", broken)
        async with asyncio.timeout(10):
            with pytest.raises(DependencyUnavailable, match="a fault of our own"):
                await embedded(lane, ["one"], "document")
        # The turn that was given to the thread beforehand fails too.
        await until(lambda: not lane._turns)
    assert np.array_equal(await embedded(lane, ["one"], "document"), FaultyEngine().embed(["one"]))
