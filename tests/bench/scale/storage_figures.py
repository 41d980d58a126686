"""What PostgreSQL keeps for each document, by table."""

from __future__ import annotations

from tests.bench.scale.stage import Stage
from tests.bench.scale.table import Row

_TABLES = """
SELECT regexp_replace(coalesce(parent.relname, c.relname)::text, '_[0-9a-f]{8}$', '') AS name,
       sum(pg_total_relation_size(c.oid)) AS bytes, sum(pg_indexes_size(c.oid)) AS indexes
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = i.inhparent
WHERE c.relnamespace = 'matching'::regnamespace AND c.relkind = 'r'
GROUP BY 1 HAVING sum(pg_total_relation_size(c.oid)) > 0 ORDER BY 2 DESC
"""
_DOCUMENTS = "SELECT count(*) FROM matching.cards"
# Of a document; below that a table is among the rest.
_WORTH_A_ROW = 64.0


async def storage_rows(stage: Stage) -> list[Row]:
    """Bytes for each document of all tenants, of the whole schema and of its larger tables, indexes included."""
    documents = int((await stage.owner(_DOCUMENTS))[0][0])
    tables = await stage.owner(_TABLES)
    every = sum(int(row["bytes"]) for row in tables)
    rows = [Row("PostgreSQL, in all", every / documents, "B/document", documents=documents)]
    for row in tables:
        bytes_each = int(row["bytes"]) / documents
        if bytes_each >= _WORTH_A_ROW:
            more = {"of it indexes": int(row["indexes"]) / documents}
            rows.append(Row(f"(... {row['name']})", bytes_each, "B/document", documents=documents, more=more))
    return rows
