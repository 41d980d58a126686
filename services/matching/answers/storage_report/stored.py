"""What is stored, of which size and in which state: the report for administrators, and gauges of the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libs.contracts.identifiers import KINDS
from libs.contracts.inner.storage import Storage, StoragePart, WordsOfKind
from libs.database.transactions import Reading
from services.matching.answers.storage_report.upkeep_plan import UpkeepRules, next_work
from services.matching.metrics import STORAGE_BYTES, STORAGE_DEAD_ROWS, STORED_DOCUMENTS
from services.matching.storage.database import Database
from services.matching.storage.table_sizes import all_documents, part_sizes, table_sizes

_WORDS = """
SELECT $2::text AS kind,
    (SELECT count(*) FROM matching.cards WHERE tenant = $1 AND kind = $2) AS documents,
    (SELECT count(*) FROM matching.unpacked WHERE tenant = $1 AND kind = $2) AS unpacked,
    (SELECT coalesce(extract(epoch FROM now() - min(noted_at)), 0)::float8
     FROM matching.unpacked WHERE tenant = $1 AND kind = $2) AS unpacked_seconds,
    (SELECT count(*) FROM matching.buried WHERE tenant = $1 AND kind = $2) AS dead,
    (SELECT count(receipt) FROM matching.buried WHERE tenant = $1 AND kind = $2) AS erased
"""
_SEGMENTS = "SELECT documents FROM matching.segments WHERE tenant = $1 AND kind = $2"

# Mean recall over the last searches that were compared; None before the first.
Recall = Callable[[], float | None]


def _unknown() -> float | None:
    return None


class StoredFigures:
    """Tells what is stored. `recall` is of this process, `rules` are those of the work in the background."""

    def __init__(self, database: Database, *, recall: Recall = _unknown, rules: UpkeepRules | None = None) -> None:
        self._database = database
        self._recall = recall
        self._rules = rules or UpkeepRules()

    async def report(self, tenant: str) -> Storage:
        """Of a tenant; sizes of tables are of all tenants. Raises DependencyUnavailable."""
        async with self._database.reading(tenant) as connection:
            tables = await table_sizes(connection)
            every = await all_documents(connection)
            segments = {kind: await _segments(connection, tenant, kind) for kind in KINDS}
            words = [_words_of(await connection.fetchrow(_WORDS, tenant, kind), len(segments[kind])) for kind in KINDS]
        own = sum(each.documents for each in words)
        # Statistics are older than the count: a tenant never has more than there are.
        share = own / max(own, every, 1)
        parts = [
            StoragePart(
                name=part.name,
                space=part.space,
                bytes=part.bytes,
                indexes=part.indexes,
                dead_rows=part.dead,
                bytes_of_tenant=round(share * part.bytes),
            )
            for part in part_sizes(tables)
        ]
        return Storage(
            documents=own,
            all_documents=max(own, every),
            bytes=sum(part.bytes for part in parts),
            parts=parts,
            words=words,
            recall=self._recall(),
            next=next_work(words, segments, tables, self._rules),
        )

    async def measure(self) -> None:
        """Sets the gauges, from the catalogue alone. Raises DependencyUnavailable."""
        async with self._database.reading_shared() as connection:
            tables = await table_sizes(connection)
            STORED_DOCUMENTS.set(await all_documents(connection))
        for part in part_sizes(tables):
            STORAGE_BYTES.labels(part.name, part.space or "").set(part.bytes)
            STORAGE_DEAD_ROWS.labels(part.name, part.space or "").set(part.dead)


async def _segments(connection: Reading, tenant: str, kind: str) -> list[int]:
    return [row["documents"] for row in await connection.fetch(_SEGMENTS, tenant, kind)]


def _words_of(row: Any, segments: int) -> WordsOfKind:
    return WordsOfKind(**{name: row[name] for name in row.keys()}, segments=segments)  # noqa: SIM118  a Record is no dict
