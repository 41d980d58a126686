"""How large matching's tables are, from the catalogue and the statistics: cheap, and of all tenants together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from libs.database.transactions import Reading

# Of a partitioned table the partitions are shown as one; sizes with what is stored beside the rows (TOAST).
_SIZES = """
SELECT coalesce(parent.relname, c.relname)::text AS name, c.relname::text AS partition,
    pg_total_relation_size(c.oid) AS bytes, pg_indexes_size(c.oid) AS indexes,
    coalesce(s.n_live_tup, 0) AS live, coalesce(s.n_dead_tup, 0) AS dead,
    extract(epoch FROM now() - greatest(s.last_vacuum, s.last_autovacuum))::float8 AS since_vacuum
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE c.relnamespace = 'matching'::regnamespace AND c.relkind = 'r' ORDER BY 1, 2
"""
# -1 before the first ANALYZE.
_ALL_DOCUMENTS = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'matching.cards'::regclass"

_OF_SPACE = re.compile(r"(vectors|nearest|cards)_([0-9a-f]{8})")
_PARTS = {
    "documents": "documents",
    "cards": "cards",
    "segments": "words",
    "postings": "words",
    "unpacked": "words",
    "buried": "words",
    "filter_values": "filters",
    "identity_terms": "people",
    "score_log": "score_log",
}
REST = "rest"


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table without partitions, or one partition, whose table is `name`. `since_vacuum`: seconds, None before the
    first."""

    name: str
    partition: str
    bytes: int
    indexes: int
    live: int
    dead: int
    since_vacuum: float | None


@dataclass(frozen=True, slots=True)
class PartSize:
    """Tables with one purpose; `space` where they are of one."""

    name: str
    space: str | None
    bytes: int
    indexes: int
    dead: int


async def table_sizes(connection: Reading) -> list[TableSize]:
    """Of every table of the schema. Some milliseconds, whatever the tables hold."""
    rows = await connection.fetch(_SIZES)
    return [TableSize(*(row[name] for name in TableSize.__slots__)) for row in rows]


async def all_documents(connection: Reading) -> int:
    """Indexed documents of all tenants, as of the last ANALYZE."""
    return int(await connection.fetchval(_ALL_DOCUMENTS))


def part_sizes(tables: Iterable[TableSize]) -> list[PartSize]:
    """The same by purpose, the largest first. What has none of its own is the rest."""
    sums: dict[tuple[str, str | None], list[int]] = {}
    for table in tables:
        of_part = sums.setdefault(part_of(table.name), [0, 0, 0])
        for place, value in enumerate((table.bytes, table.indexes, table.dead)):
            of_part[place] += value
    found = [PartSize(name, space, *values) for (name, space), values in sums.items()]
    return sorted(found, key=lambda part: (-part.bytes, part.name, part.space or ""))


def part_of(table: str) -> tuple[str, str | None]:
    """Which part a table belongs to, and of which space it is."""
    of_space = _OF_SPACE.fullmatch(table)
    if of_space is not None:
        return of_space[1], of_space[2]
    return _PARTS.get(table, REST), None
