"""Matching's own service on a PostgreSQL of its own, holding the texts that are scored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec
import numpy as np
import numpy.typing as npt
from stored_documents import Documents

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.matching import MAX_APPLICANTS, MatchRequirement
from libs.localstack.postgres.roles import provision
from libs.localstack.postgres.server import Postgres
from services.matching.answers.query.query_vectors import QueryVector
from services.matching.service import MatchingService
from services.matching.storage.database import Database
from services.matching.storage.migrating import make_space_table, migrate
from services.matching.storage.spaces_table import Space, save_space
from services.matching.writing.arrivals import VectorsArrival, decode
from services.matching.writing.document_writer import DocumentWriter
from tests.fakes.documents import vectors_arrived

TENANT = "default"
_BATCH = 50
_CONNECTIONS = 4


@dataclass(frozen=True)
class Shown:
    """What an answer shows of a pair: its score (None with too little text), the score's components, the verdicts."""

    score: float | None
    components: Mapping[str, float]
    requirements: Sequence[MatchRequirement]


class _Unasked:
    """Stands in for embedding: pairs need no query's vector."""

    async def query_vector(self, text: str) -> QueryVector:
        raise DependencyUnavailable("embedding", "no query is asked here")


class Served:
    """Asks matching for scores. Texts are written before, by `write`."""

    def __init__(self, folder: Path, documents: Documents) -> None:
        self._folder = folder
        self._documents = documents
        self._stack = AsyncExitStack()
        self._written: set[tuple[Kind, str]] = set()

    async def __aenter__(self) -> Served:
        """Starts PostgreSQL and opens the service. Blocks for some seconds."""
        server = Postgres(self._folder / "postgres")
        server.start()
        self._stack.callback(server.stop)
        dsns = provision(server.superuser_dsn, self._folder / "passwords.json")
        await migrate(dsns.owner, dsns.matching)
        documents = self._documents
        await make_space_table(dsns.owner, dsns.matching, documents.space, documents.dimension)
        database = Database(dsns.matching, connections=_CONNECTIONS, purpose="answering")
        await database.open()
        self._stack.push_async_callback(database.close)
        async with database.writing_shared() as connection:
            space = Space(documents.space, documents.model, documents.dimension, "documents.vectors.v1", "g", "active")
            await save_space(connection, space)
        self._writer = DocumentWriter(database, cache_seconds=3_600)
        self._service = MatchingService(database, _Unasked())
        return self

    async def __aexit__(self, *fault: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._stack.aclose()

    async def write(self, kind: Kind, texts: Sequence[str]) -> None:
        """Stores texts that the documents were prepared for, each once."""
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._written]
        for first in range(0, len(new), _BATCH):
            batch = new[first : first + _BATCH]
            await self._writer.write_vectors(TENANT, [self._arrival(kind, text) for text in batch])
            self._written.update((kind, text) for text in batch)

    async def shown(self, job: str, resumes: Sequence[str]) -> list[Shown]:
        """What a job's answer shows of each resume, all scored fully, in the order of the texts."""
        found: dict[str, Shown] = {}
        ids = list(dict.fromkeys(_id_of(text) for text in resumes))
        for first in range(0, len(ids), MAX_APPLICANTS):
            part = ids[first : first + MAX_APPLICANTS]
            answer = await self._service.applicants(_key("job", job), part)
            for each in answer.results:
                # Requirements are JSON already.
                requirements = msgspec.json.decode(msgspec.json.encode(each.requirements), type=list[MatchRequirement])
                found[each.id] = Shown(each.score, each.components, requirements)
            found |= {each.id: Shown(None, {}, []) for each in answer.unscored}
        return [found[_id_of(text)] for text in resumes]

    async def scores(self, job: str, resumes: Sequence[str]) -> npt.NDArray[np.float64]:
        """float64 (n): the scores alone; a pair that matching refuses to score counts as 0."""
        return np.array([each.score or 0.0 for each in await self.shown(job, resumes)])

    def _arrival(self, kind: Kind, text: str) -> VectorsArrival:
        found = decode(vectors_arrived(self._documents.event(kind, text, _key(kind, text))))
        if not isinstance(found, VectorsArrival):
            raise TypeError("a vectors event arrives as one")
        return found


def _key(kind: Kind, text: str) -> DocumentKey:
    return DocumentKey(TENANT, kind, _id_of(text))


def _id_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
