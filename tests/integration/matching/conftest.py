"""matching on a real database of its own for each test; the broker is a log in memory, embedding a small app."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from libs.contracts.identifiers import Kind
from libs.contracts.topics import Topic
from libs.localstack.postgres.roles import Dsns
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.inner_client import InnerClient
from services.matching.answers.query.query_vectors import EmbeddingClient
from services.matching.answers.storage_report.stored import StoredFigures
from services.matching.api import Api, Parts, routes
from services.matching.refusals import exception_handlers
from services.matching.service import MatchingService
from services.matching.spaces.lifecycle import Spaces
from services.matching.storage.database import Database
from services.matching.storage.migrating import make_space_table, migrate
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.copied_documents import fill_with_copies
from tests.fakes.databases import database_of_its_own
from tests.fakes.documents import DIMENSION, SPACE
from tests.fakes.embedding_app import FakeEmbedding
from tests.fakes.in_memory_publisher import InMemoryPublisher
from tests.fakes.matching_parts import Matching
from tests.fakes.serving import serving

# By tenant and kind.
COPIES: dict[tuple[str, Kind], int] = {
    ("default", "resume"): 20_000,
    ("default", "job"): 2_000,
    ("other", "resume"): 3_000,
    ("other", "job"): 300,
}


@pytest.fixture(scope="session")
def migrated(postgres: Dsns) -> Iterator[Dsns]:
    """A migrated database with a table for SPACE, which others are copies of: making one takes a second."""
    made: list[Dsns] = []
    done = threading.Event()

    async def make(ready: threading.Event) -> None:
        async with database_of_its_own(postgres) as dsns:
            await migrate(dsns.owner, dsns.matching)
            await make_space_table(dsns.owner, dsns.matching, SPACE, DIMENSION)
            made.append(dsns)
            ready.set()
            await asyncio.to_thread(done.wait)

    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(make(ready)), daemon=True)
    thread.start()
    while not ready.wait(0.1):
        assert thread.is_alive(), "the database could not be migrated"
    yield made[0]
    done.set()
    thread.join()


@pytest.fixture
async def dsns(postgres: Dsns, request: pytest.FixtureRequest) -> AsyncIterator[Dsns]:
    """A database of its own, gone afterwards: migrated where the test has `matching`, else empty."""
    copy_of = request.getfixturevalue("migrated") if "matching" in request.fixturenames else None
    async with database_of_its_own(postgres, copy_of=copy_of) as found:
        yield found


@pytest.fixture
def embedding() -> FakeEmbedding:
    return FakeEmbedding()


@pytest.fixture
def embedding_url(embedding: FakeEmbedding) -> Iterator[str]:
    with serving(embedding.app()) as url:
        yield url


@pytest.fixture
async def matching(dsns: Dsns, embedding: FakeEmbedding, embedding_url: str) -> AsyncIterator[Matching]:
    """Migrated and connected; the first space is registered and active."""
    async with _matching_over(dsns, embedding, embedding_url) as found:
        yield found


@asynccontextmanager
async def _matching_over(dsns: Dsns, embedding: FakeEmbedding, embedding_url: str) -> AsyncIterator[Matching]:
    await migrate(dsns.owner, dsns.matching)
    database = Database(dsns.matching, connections=4)
    await database.open()
    publisher = InMemoryPublisher()
    topics: list[str] = []

    async def make_topic(topic: Topic) -> None:
        topics.append(topic.name)

    async def space_in(topic: str) -> str | None:
        return None

    spaces = Spaces(database, publisher, make_topic, space_in, owner_url=dsns.owner, service_url=dsns.matching)
    breaker = CircuitBreaker(f"embedding-{uuid.uuid4().hex}", reset_seconds=0.0)
    client = InnerClient("embedding", embedding_url, breaker=breaker)
    service = MatchingService(database, EmbeddingClient(client, timeout_seconds=20.0))
    writer = DocumentWriter(database, cache_seconds=3600)
    await spaces.register(SPACE, f"model-{SPACE}", DIMENSION)
    yield Matching(dsns, database, publisher, writer, spaces, service, embedding, topics)
    await client.close()
    await database.close()


@pytest.fixture(scope="session")
async def copied(postgres: Dsns, migrated: Dsns) -> AsyncIterator[Dsns]:
    """A database of COPIES, most of them of tenant `default`, for `crowded`: filled once for the whole run."""
    embedding = FakeEmbedding()
    with serving(embedding.app()) as url:
        async with database_of_its_own(postgres, copy_of=migrated) as dsns:
            async with _matching_over(dsns, embedding, url) as matching:
                await fill_with_copies(matching, COPIES)
            yield dsns


@pytest.fixture
async def crowded(
    postgres: Dsns, copied: Dsns, embedding: FakeEmbedding, embedding_url: str
) -> AsyncIterator[Matching]:
    """As `matching`, among the copies; with fresh statistics."""
    async with (
        database_of_its_own(postgres, copy_of=copied) as dsns,
        _matching_over(dsns, embedding, embedding_url) as matching,
    ):
        yield matching


@pytest.fixture
async def client(matching: Matching) -> AsyncIterator[AsyncClient]:
    """The inner API over the same parts, as tenant `default`."""
    api = Api()
    reembedding = matching.reembedding()
    sending = asyncio.create_task(reembedding.run_forever())
    api.parts = Parts(matching.service, matching.writer, matching.spaces, reembedding, StoredFigures(matching.database))
    app = Litestar(routes(api), exception_handlers=exception_handlers(), openapi_config=None, logging_config=None)
    transport = ASGITransport(app, raise_app_exceptions=False)
    headers = {"Shortlist-Tenant": "default"}
    async with AsyncClient(transport=transport, base_url="http://matching", headers=headers) as client:
        yield client
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
