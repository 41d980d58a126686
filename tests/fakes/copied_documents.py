"""Documents by the thousand, copied in the tables from some that were really stored: every row that a document has."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from string import ascii_lowercase

import asyncpg

from libs.contracts.identifiers import Kind
from libs.contracts.revision import Revision
from libs.contracts.structure import IdentitySpan
from services.matching.index.words.upkeep.packing import pack
from tests.fakes.documents import DIMENSION, SPACE, metadata_changed, vectors_event
from tests.fakes.matching_parts import Matching

SKILLS = ("intensive care", "wound care", "surgery", "dialysis", "paediatrics")
FIRST_NUMBER = 100_001
_BY_ID = ("documents", f"vectors_{SPACE}", "events", "metadata_changes")
_BY_NUMBER = ("cards", f"cards_{SPACE}", f"nearest_{SPACE}", "filter_values", "identity_terms", "unpacked")
_TABLES = (*_BY_ID, *_BY_NUMBER, "sent_events", "postings", "segments")


async def fill_with_copies(matching: Matching, counts: Mapping[tuple[str, Kind], int]) -> None:
    """Stores some documents of tenant `default`, and so many copies of them by tenant and kind, each as often as any
    other; packs their words. Statistics are fresh.

    A copy's id is that of its number (`copied`), its vector a random one. Every 500th has failed; each was updated a
    minute after the one before. Filters find them by `ten` and `thousand` (the last digits of their numbers), and those
    who look for people by `person` and the number.
    """
    await _store(matching)
    connection = await asyncpg.connect(matching.dsns.superuser)
    try:
        await _copy(connection, counts)
        for tenant, kind in counts:
            async with matching.database.writing(tenant) as writing:
                while await pack(writing, tenant, kind):
                    pass
        await connection.execute(_WORDS)
        for table in _TABLES:
            await connection.execute(f"VACUUM ANALYZE matching.{table}")
    finally:
        await connection.close()


async def _store(matching: Matching) -> None:
    for place, skill in enumerate(SKILLS):
        name = f"Maria Example{place}"
        text = f"{name}\nRegistered nurse\nFive years of {skill}\nFluent in Spanish and English\n{_much_more(place)}"
        await matching.index(
            vectors_event(
                f"default/resume/r{place}",
                Revision(1000, place),
                text,
                metadata={"all": "same", "city": "Bern"},
                identity_spans=[IdentitySpan(0, len(name), "name")],
            )
        )
    for place, skill in enumerate(SKILLS[:2]):
        text = f"Nurse\nRequirements\nYou must have experience in {skill}\nSpanish language\n{_much_more(place)}"
        await matching.index(
            vectors_event(f"default/job/j{place}", Revision(1000, place), text, metadata={"all": "same"})
        )
    for key in ("default/resume/r0", "default/job/j0"):
        await matching.read(metadata_changed(key, Revision(1000, 100), city="Basel"))


def _much_more(place: int) -> str:
    """Words of no language, as many as resumes have: how wide rows are decides which way PostgreSQL goes."""
    chosen = random.Random(place)
    lines = (("".join(chosen.choices(ascii_lowercase, k=8)) for _ in range(12)) for _ in range(12))
    return "\n".join(" ".join(line) for line in lines)


async def _copy(connection: asyncpg.Connection, counts: Mapping[tuple[str, Kind], int]) -> None:
    await connection.execute(_COPIES)
    first = FIRST_NUMBER
    for (tenant, kind), count in counts.items():
        await connection.execute("INSERT INTO matching.tenants VALUES ($1) ON CONFLICT DO NOTHING", tenant)
        await connection.execute(_NAMED, tenant, kind, first, first + count - 1)
        first += count
    await connection.execute("ANALYZE copies")
    for table in _BY_ID:
        await connection.execute(_COPY_BY_ID.format(table=table))
    async with _without_index(connection, f"matching.nearest_{SPACE}_resumes"):
        for table in _BY_NUMBER:
            await connection.execute(_COPY_BY_NUMBER.format(table=table, other=_OTHER.get(table, "")))
    for statement in (_FILTERS, _PEOPLE, _SENT):
        await connection.execute(statement)
    for sequence in ("document_numbers", "card_versions"):
        await connection.execute(f"SELECT setval('matching.{sequence}', $1)", first)


@asynccontextmanager
async def _without_index(connection: asyncpg.Connection, index: str) -> AsyncIterator[None]:
    """Makes an index when all rows are there, which is ten times faster than row by row."""
    definition = await connection.fetchval("SELECT pg_get_indexdef($1::text::regclass)", index)
    await connection.execute(f"DROP INDEX {index}")
    yield
    # pg_get_indexdef says ON ONLY of a table in partitions, which would leave these without.
    await connection.execute(definition.replace(" ON ONLY ", " ON "))


def copied(number: int) -> str:
    """The id of the copy with a number, from FIRST_NUMBER on."""
    return f"copy-{number}"


_COPIES = """
CREATE TEMPORARY TABLE copies (tenant text COLLATE "C", kind text, number bigint, id text COLLATE "C", of_number bigint,
    of_id text COLLATE "C")
"""
_NAMED = """
INSERT INTO copies SELECT $1, $2, n, 'copy-' || n, source.number, source.id
FROM generate_series($3::bigint, $4::bigint) n JOIN (
    SELECT number, id, row_number() OVER (ORDER BY number) - 1 AS place, count(*) OVER () AS sources
    FROM matching.cards WHERE tenant = 'default' AND kind = $2
) AS source ON source.place = n % source.sources ORDER BY md5(n::text)
"""
_COPY_BY_ID = """
INSERT INTO matching.{table} SELECT made.* FROM copies c
JOIN matching.{table} original ON (original.tenant, original.kind, original.id) = ('default', c.kind, c.of_id),
LATERAL jsonb_populate_record(original, jsonb_build_object('tenant', c.tenant, 'id', c.id,
    'updated_at', timestamptz '2026-01-01T00:00Z' + (c.number - 100000) * interval '1 minute',
    'status', CASE c.number % 500 WHEN 0 THEN 'failed' ELSE 'indexed' END)) AS made
"""
_COPY_BY_NUMBER = """
INSERT INTO matching.{table} SELECT made.* FROM copies c
JOIN matching.{table} original ON (original.tenant, original.kind, original.number) = ('default', c.kind, c.of_number),
LATERAL jsonb_populate_record(original, jsonb_build_object('tenant', c.tenant, 'number', c.number{other})) AS made
"""
_RANDOM = f"""(SELECT '[' || string_agg((random() - 0.5)::text, ',') || ']'
    FROM generate_series(1, {DIMENSION} + 0 * c.number))"""
_OTHER = {
    "cards": ", 'id', c.id, 'version', c.number",
    "unpacked": ", 'version', c.number",
    f"nearest_{SPACE}": f", 'document', {_RANDOM}",
}
_FILTERS = """
INSERT INTO matching.filter_values (tenant, kind, number, key, position, type, text_value, number_value)
SELECT tenant, kind, number, key, 0, 'n', 'n' || value, value
FROM copies, LATERAL (VALUES ('ten', number % 10), ('thousand', number % 1000)) AS held (key, value)
"""
_PEOPLE = """
INSERT INTO matching.identity_terms (tenant, kind, number, term)
SELECT tenant, kind, number, 'person' || number FROM copies WHERE kind = 'resume'
"""
_SENT = """
INSERT INTO matching.sent_events (tenant, mark, stamp, "offset")
SELECT tenant, decode(md5(id), 'hex'), 1000, 1 FROM copies
"""
_WORDS = """
INSERT INTO matching.postings (tenant, kind, term, segment, documents, postings)
SELECT s.tenant, s.kind, n, s.segment, 1, '\\x010000'::bytea FROM matching.segments s, generate_series(1, 4000) n
"""
