"""What is measured: the embedded PostgreSQL with the service's own tables and roles, and matching over it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from inspect import signature
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import numpy as np
import numpy.typing as npt

from libs.localstack.postgres.memory import memory_bytes
from libs.localstack.postgres.roles import Dsns, provision
from libs.localstack.postgres.server import Postgres
from libs.running.garbage import settle
from services.matching.answers.query.query_vectors import QueryVector
from services.matching.scoring.word_lists import load_word_lists
from services.matching.service import MatchingService
from services.matching.storage.database import Database
from services.matching.storage.migrating import make_space_table, migrate
from services.matching.storage.spaces_table import Space, save_space
from services.matching.writing.document_writer import DocumentWriter
from tests.bench.scale.filling import write_jobs, write_resumes
from tests.bench.scale.queries import Queries
from tests.bench.scale.sources import Sources

BIG = "default"
BATCH = 50
CONNECTIONS = 16
MOST_CANDIDATES = 150
Result = TypeVar("Result")


class KnownVectors:
    """Stands in for embedding: the vectors of the queries were computed before; how long that takes is stated."""

    def __init__(self, vectors: dict[str, npt.NDArray[np.float32]], space: str, model: str) -> None:
        self._vectors = vectors
        self._space = space
        self._model = model

    async def query_vector(self, text: str) -> QueryVector:
        """The vector of one of the queries."""
        return QueryVector(self._vectors[text], self._space, self._model)


@dataclass
class Stage:
    """A database being filled, and matching that answers from it."""

    sources: Sources
    sources_path: Path
    queries: Queries
    dsns: Dsns
    database: Database
    writing: Database
    service: MatchingService
    writer: DocumentWriter
    space: Space
    workers: ProcessPoolExecutor

    async def in_workers(self, work: Callable[..., Result], calls: Sequence[tuple[Any, ...]]) -> list[Result]:
        """What a function returns for each of the arguments, in the processes that make documents."""
        loop = asyncio.get_running_loop()
        return list(await asyncio.gather(*(loop.run_in_executor(self.workers, work, *each) for each in calls)))

    async def numbers(self, tenant: str) -> list[int]:
        """Which resumes a tenant has, ascending."""
        async with self.database.reading(tenant) as connection:
            rows = await connection.fetch("SELECT id FROM matching.cards WHERE tenant = $1 AND kind = 'resume'", tenant)
        return sorted(int(row["id"][1:]) for row in rows)

    async def fill(self, tenant: str, size: int) -> list[int]:
        """Writes resumes until there are `size`, and the jobs where there are none; returns the numbers added."""
        held = await self.numbers(tenant)
        first = held[-1] + 1 if held else 0
        added = list(range(first, first + size - len(held)))
        await self.write(tenant, added)
        await self._fill_jobs(tenant)
        if added:
            await self.analyze()
        return added

    async def write(self, tenant: str, numbers: Sequence[int]) -> None:
        """Writes resumes of these numbers, by all workers."""
        part = 10 * BATCH
        parts = [numbers[at : at + part] for at in range(0, len(numbers), part)]
        done, started = 0, time.perf_counter()
        for first in range(0, len(parts), 10):
            some = parts[first : first + 10]
            await self.in_workers(
                write_resumes, [(self.sources_path, self.dsns.matching, tenant, each, BATCH) for each in some]
            )
            done += sum(map(len, some))
            rate = done / (time.perf_counter() - started)
            print(f"  {tenant}: {done:,} of {len(numbers):,} resumes, {rate:.0f} a second", flush=True)

    async def owner(self, *statements: str) -> list[Any]:
        """Runs statements as the superuser, each by itself; the rows of the last."""
        connection = await asyncpg.connect(self.dsns.superuser)
        try:
            for each in statements[:-1]:
                await connection.execute(each)
            return list(await connection.fetch(statements[-1]))
        finally:
            await connection.close()

    async def analyze(self) -> None:
        """Fresh statistics and visibility, as autovacuum would have made them."""
        await self.owner("VACUUM (ANALYZE)", "CHECKPOINT", "SELECT 1")

    async def _fill_jobs(self, tenant: str) -> None:
        async with self.database.reading(tenant) as connection:
            held = await connection.fetchval(
                "SELECT count(*) FROM matching.cards WHERE tenant = $1 AND kind = 'job'", tenant
            )
        if not held:
            places = range(len(self.sources.jobs))
            parts = [places[at :: self.workers._max_workers] for at in range(self.workers._max_workers)]
            calls = [(self.sources_path, self.dsns.matching, tenant, list(part)) for part in parts]
            await self.in_workers(write_jobs, calls)


def buffers_mib() -> int:
    """Mebibytes in which PostgreSQL keeps pages while it is measured: a third of the memory, as on a server of its own.

    Answers are measured warm: the system's own cache of files may lose its pages at any time.
    """
    return memory_bytes() // 3 // 2**20


def started_server(folder: Path) -> tuple[Postgres, Dsns]:
    """PostgreSQL on a folder, with database and roles. Blocks."""
    server = Postgres(folder / "postgres", buffers_mib=buffers_mib())
    server.start()
    return server, provision(server.superuser_dsn, folder / "passwords.json")


async def opened(sources: Sources, sources_path: Path, queries: Queries, dsns: Dsns, workers: int) -> Stage:
    """Matching over the database, migrated, with the sources' space as the active one."""
    await migrate(dsns.owner, dsns.matching)
    await make_space_table(dsns.owner, dsns.matching, sources.space, sources.dimension)
    database = Database(dsns.matching, connections=CONNECTIONS, purpose="answering")
    writing = Database(dsns.matching, connections=4, purpose="consuming")
    for each in (database, writing):
        await each.open()
    space = Space(sources.space, sources.model, sources.dimension, "documents.vectors.v1", "g", "active")
    async with writing.writing_shared() as connection:
        await save_space(connection, space)
    known = KnownVectors(queries.by_text(), sources.space, sources.model)
    made: Any = MatchingService
    # Before candidates came from an index of words, their number was a setting.
    options = {"most_candidates": MOST_CANDIDATES} if "most_candidates" in signature(made).parameters else {}
    service = made(database, known, **options)
    # As the service does when it starts.
    load_word_lists()
    settle()
    return Stage(
        sources=sources,
        sources_path=sources_path,
        queries=queries,
        dsns=dsns,
        database=database,
        writing=writing,
        service=service,
        writer=DocumentWriter(writing, cache_seconds=3_600),
        space=space,
        # Not forked: the model's threads and the event loop would come along.
        workers=ProcessPoolExecutor(workers, mp_context=get_context("spawn")),
    )


async def closed(stage: Stage) -> None:
    """Ends the workers and the connections."""
    stage.workers.shutdown(cancel_futures=True)
    for each in (stage.database, stage.writing):
        await each.close()
