"""Every key of a tenant's rows holds the tenant: so tenants can be spread over servers (docs/scaling.md)."""

from __future__ import annotations

from tests.fakes.matching_parts import Matching

# What belongs to no tenant, and stands on every server.
_SHARED = {
    "migrations",
    "spaces",
    "space_tables",
    "tenants",
    "positions",
    "reembedding",
    "heartbeats",
    "derivation",
    "reading_derivation",
    "sent_events_secret",
}
_TABLES = """
SELECT c.relname::text AS name, EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
) AS of_tenants
FROM pg_class c WHERE c.relnamespace = 'matching'::regnamespace AND c.relkind IN ('r', 'p')
"""
_UNIQUE = """
SELECT t.relname::text AS of, i.relname::text AS name,
    array_agg(a.attname::text ORDER BY k.ordinality) AS columns
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY AS k (attnum, ordinality)
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
WHERE t.relnamespace = 'matching'::regnamespace AND (x.indisunique OR x.indisprimary)
GROUP BY 1, 2
"""
_REFERENCES = """
SELECT t.relname::text AS of, o.relname::text AS to, c.conname::text AS name,
    (SELECT array_agg(a.attname::text) FROM pg_attribute a
     WHERE a.attrelid = t.oid AND a.attnum = ANY (c.conkey)) AS columns
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
WHERE c.contype = 'f' AND t.relnamespace = 'matching'::regnamespace
"""
_PARTITIONED = """
SELECT t.relname::text AS of, array_agg(a.attname::text) AS columns
FROM pg_partitioned_table p JOIN pg_class t ON t.oid = p.partrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (p.partattrs::smallint[])
WHERE t.relnamespace = 'matching'::regnamespace GROUP BY 1
"""


async def test_a_table_is_of_tenants_or_among_those_known_to_belong_to_none(matching: Matching) -> None:
    rows = await matching.rows(_TABLES)
    assert {row["name"] for row in rows if not row["of_tenants"]} <= _SHARED
    assert {"documents", "cards", "postings", "filter_values"} <= {row["name"] for row in rows if row["of_tenants"]}


async def test_every_primary_key_and_unique_index_holds_the_tenant(matching: Matching) -> None:
    of_tenants = await _of_tenants(matching)
    keys = [row for row in await matching.rows(_UNIQUE) if row["of"] in of_tenants]
    # Those of spaces' tables and of their partitions are among them.
    assert len(keys) > 20
    assert [row for row in keys if "tenant" not in row["columns"]] == []


async def test_every_reference_between_tables_of_tenants_holds_the_tenant(matching: Matching) -> None:
    of_tenants = await _of_tenants(matching)
    references = [row for row in await matching.rows(_REFERENCES) if {row["of"], row["to"]} & of_tenants]
    assert [row for row in references if "tenant" not in row["columns"]] == []


async def test_what_is_partitioned_is_so_by_the_tenant_or_by_time(matching: Matching) -> None:
    found = {row["of"]: row["columns"] for row in await matching.rows(_PARTITIONED)}
    # Months on every server: a tenant's rows are told by its column there, and a month goes for all of them at once.
    assert found.pop("score_log") == ["at"]
    assert found
    assert [name for name, columns in found.items() if "tenant" not in columns] == []


async def _of_tenants(matching: Matching) -> set[str]:
    return {row["name"] for row in await matching.rows(_TABLES) if row["of_tenants"]}
