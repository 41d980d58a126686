"""Documents by the thousand, written into the tables at once, to see which ways PostgreSQL takes among them."""

from __future__ import annotations

import asyncpg

from libs.localstack.postgres.roles import Dsns


async def fill(dsns: Dsns, count: int) -> None:
    """So many resumes of tenant `default`, and a tenth as many of `other`; statistics are fresh.

    Metadata: `all` (the same), `ten`, `hundred`, `thousand` (numbers below, each as often), `tags` (two of 100),
    `seen` (a day). `updated_at` is a minute later for each, from 2026-01-01T00:01Z on; each 500th has failed.
    """
    connection = await asyncpg.connect(dsns.superuser)
    try:
        for tenant, first, last in (("default", 1, count), ("other", count + 1, count + count // 10)):
            for statement in _FILLING:
                await connection.execute(statement.format(tenant=tenant, numbers=f"generate_series({first}, {last}) n"))
        for table in ("documents", "cards", "filter_values"):
            await connection.execute(f"VACUUM ANALYZE matching.{table}")
    finally:
        await connection.close()


_FILLING = (
    """
    INSERT INTO matching.documents (tenant, kind, id, status, rank, stamp, "offset", indexed_stamp, indexed_offset,
        error_code, error_message, text, updated_at)
    SELECT '{tenant}', 'resume', 'r-' || md5(n::text), CASE n % 500 WHEN 0 THEN 'failed' ELSE 'indexed' END, 3, 1000, n,
        1000, n, 'empty', 'no text', repeat(md5(n::text), 40), timestamptz '2026-01-01T00:00Z' + n * interval '1 minute'
    FROM {numbers}
    """,
    """
    INSERT INTO matching.cards (tenant, kind, number, id, version, terms)
    SELECT '{tenant}', 'resume', n, 'r-' || md5(n::text), n, decode(repeat(md5(n::text), 60), 'hex') FROM {numbers}
    """,
    """
    INSERT INTO matching.filter_values (tenant, kind, number, key, position, type, text_value, number_value)
    SELECT '{tenant}', 'resume', n, key, position, type, text_value, number_value
    FROM {numbers}, LATERAL (VALUES
        ('all', 0, 's'::"char", 'ssame', NULL::float8),
        ('ten', 0, 'n', 'n' || n * 7919 % 10, n * 7919 % 10),
        ('hundred', 0, 'n', 'n' || n * 7919 % 100, n * 7919 % 100),
        ('thousand', 0, 'n', 'n' || n * 7919 % 1000, n * 7919 % 1000),
        ('tags', 0, 's', 'stag' || n * 31 % 100, NULL),
        ('tags', 1, 's', 'stag' || (n * 31 + 17) % 100, NULL),
        ('seen', 0, 's', 's' || date '2026-01-01' + n % 365, NULL),
        ('seen', 1, 'd', NULL, extract(epoch FROM date '2026-01-01' + n % 365))
    ) AS held (key, position, type, text_value, number_value)
    """,
)
