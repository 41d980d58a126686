"""Documents made and written by processes of their own, through the service's own way in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from libs.contracts.events import VectorsEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.matching.storage.database import Database
from services.matching.writing.arrivals import VectorsArrival, decode
from services.matching.writing.document_writer import DocumentWriter
from tests.bench.scale.mixing import STAMP, Mixer
from tests.bench.scale.sources import read_sources
from tests.fakes.documents import vectors_arrived

_mixers: dict[Path, Mixer] = {}


def mixer_of(path: Path) -> Mixer:
    """The mixer over a file of sources, read once for each process."""
    if path not in _mixers:
        _mixers[path] = Mixer(read_sources(path))
    return _mixers[path]


def arrival(event: VectorsEvent) -> VectorsArrival:
    """The event as matching's consumer has it: encoded, sent, decoded, with all that is derived of it."""
    found = decode(vectors_arrived(event))
    if not isinstance(found, VectorsArrival):
        raise TypeError("a vectors event arrives as one")
    return found


def resumes_made(path: Path, tenant: str, numbers: Sequence[int]) -> list[VectorsArrival]:
    """Resumes ready to be written. Blocks."""
    mixer = mixer_of(path)
    return [arrival(mixer.resume(tenant, number)) for number in numbers]


def jobs_made(path: Path, tenant: str, places: Sequence[int]) -> list[VectorsArrival]:
    """Jobs ready to be written. Blocks."""
    mixer = mixer_of(path)
    return [arrival(mixer.job(tenant, place)) for place in places]


def write_resumes(path: Path, dsn: str, tenant: str, numbers: Sequence[int], batch: int) -> float:
    """Makes and writes resumes, `batch` a transaction; returns the seconds of writing alone. Blocks."""
    return asyncio.run(_write_resumes(path, dsn, tenant, numbers, batch))


def write_jobs(path: Path, dsn: str, tenant: str, places: Sequence[int]) -> None:
    """Makes and writes jobs. Blocks."""
    asyncio.run(_write_all(dsn, tenant, jobs_made(path, tenant, places)))


def erase_resumes(dsn: str, tenant: str, numbers: Sequence[int]) -> float:
    """Erases resumes, one a transaction, as a caller's DELETE does; returns how many seconds it took. Blocks."""
    return asyncio.run(_erase(dsn, tenant, numbers))


def write_at_a_pace(path: Path, dsn: str, tenant: str, numbers: Sequence[int], a_second: float, begin: float) -> int:
    """Makes resumes, then writes each when its time has come from `begin` (seconds since the epoch) on; returns how
    many were written late by more than a second. Blocks."""
    made = resumes_made(path, tenant, numbers)
    return asyncio.run(_write_at_a_pace(dsn, tenant, made, a_second, begin))


async def written(writer: DocumentWriter, tenant: str, arrivals: Sequence[VectorsArrival], batch: int) -> float:
    """Writes them, `batch` a transaction; returns how many seconds it took."""
    started = time.perf_counter()
    for first in range(0, len(arrivals), batch):
        await writer.write_vectors(tenant, arrivals[first : first + batch])
    return time.perf_counter() - started


async def _write_resumes(path: Path, dsn: str, tenant: str, numbers: Sequence[int], batch: int) -> float:
    seconds = 0.0
    async with _Writer(dsn) as writer:
        for first in range(0, len(numbers), batch):
            made = resumes_made(path, tenant, numbers[first : first + batch])
            seconds += await written(writer, tenant, made, batch)
    return seconds


async def _write_all(dsn: str, tenant: str, arrivals: Sequence[VectorsArrival]) -> None:
    async with _Writer(dsn) as writer:
        await written(writer, tenant, arrivals, 50)


async def _erase(dsn: str, tenant: str, numbers: Sequence[int]) -> float:
    async with _Writer(dsn) as writer:
        started = time.perf_counter()
        for number in numbers:
            # One more than the document's own: the revision of the record that deletes it.
            await writer.erase(DocumentKey(tenant, "resume", f"r{number}"), Revision(STAMP, 2**40 + number))
        return time.perf_counter() - started


async def _write_at_a_pace(dsn: str, tenant: str, made: Sequence[VectorsArrival], a_second: float, begin: float) -> int:
    late = 0
    async with _Writer(dsn) as writer:
        for place, each in enumerate(made):
            due = begin + place / a_second
            await asyncio.sleep(max(0.0, due - time.time()))
            late += time.time() > due + 1.0
            await writer.write_vectors(tenant, [each])
    return late


class _Writer:
    """A writer with one connection, as the service role."""

    def __init__(self, dsn: str) -> None:
        self._database = Database(dsn, connections=1)

    async def __aenter__(self) -> DocumentWriter:
        await self._database.open()
        return DocumentWriter(self._database, cache_seconds=3_600)

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()
