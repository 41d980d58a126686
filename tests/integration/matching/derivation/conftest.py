"""A derivation over a small ingest."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from services.matching.derivation.ingest_client import IngestClient
from services.matching.derivation.worker import Derivation
from tests.fakes.ingest_app import FakeIngest
from tests.fakes.matching_parts import Matching
from tests.fakes.nurse_texts import nurse
from tests.fakes.serving import serving


@pytest.fixture
def ingest() -> FakeIngest:
    return FakeIngest(nurse)


@pytest.fixture
def ingest_url(ingest: FakeIngest) -> Iterator[str]:
    with serving(ingest.app()) as url:
        yield url


@pytest.fixture
async def client(ingest_url: str) -> AsyncIterator[IngestClient]:
    inner = InnerClient("ingest", ingest_url, breaker=CircuitBreaker(f"ingest-{uuid.uuid4().hex}", reset_seconds=0.0))
    yield IngestClient(inner)
    await inner.close()


@pytest.fixture
def derivation(matching: Matching, client: IngestClient) -> Derivation:
    return Derivation(matching.database, matching.publisher, client)
