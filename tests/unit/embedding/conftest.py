"""The way into a model that can be told to misbehave."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from libs.contracts.topics import VECTORS
from services.embedding.api import total
from services.embedding.consumer import EmbeddingWork
from services.embedding.metrics import TEXTS_COMPUTED
from services.embedding.model.lane import ModelLane
from services.embedding.service import EmbeddingService
from tests.fakes.faulty_engine import FaultyEngine
from tests.fakes.in_memory_publisher import InMemoryPublisher


@pytest.fixture
def engine() -> FaultyEngine:
    return FaultyEngine()


@pytest.fixture
async def lane(engine: FaultyEngine) -> AsyncIterator[ModelLane]:
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2)
    lane.start()
    yield lane
    engine.release()
    await lane.stop()


@pytest.fixture
async def lane_of_two() -> AsyncIterator[ModelLane]:
    """Into an engine that takes two calls at a time."""
    engine = FaultyEngine(streams=2)
    lane = ModelLane(engine, batch_tokens=256, queries_waiting=2)
    lane.start()
    yield lane
    engine.release()
    await lane.stop()


@pytest.fixture
def service(lane: ModelLane) -> EmbeddingService:
    return EmbeddingService(lane, None)


@pytest.fixture
def publisher() -> InMemoryPublisher:
    return InMemoryPublisher()


@pytest.fixture
def work(service: EmbeddingService, publisher: InMemoryPublisher) -> EmbeddingWork:
    return EmbeddingWork(service, publisher, VECTORS)


class Counted:
    """How many texts were counted as computed since it was made."""

    def __init__(self) -> None:
        self._before = total(TEXTS_COMPUTED, "_total")

    @property
    def texts(self) -> int:
        return int(total(TEXTS_COMPUTED, "_total") - self._before)


@pytest.fixture
def counted() -> Counted:
    return Counted()
