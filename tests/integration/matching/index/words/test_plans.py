"""Every statement of the word index uses its index, as the service role, with 20,000 documents and fresh statistics."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from libs.database.transactions import Reading
from libs.localstack.postgres.roles import run_sql
from services.matching.index.cards import CardTerms, packed_terms
from services.matching.index.words import holding, packed_word_index, postings, segments, strengths
from services.matching.index.words.upkeep import erasing, packing, waiting_work
from services.matching.index.words.upkeep.packing import pack
from tests.integration.matching.index.words.conftest import Words

pytestmark = pytest.mark.integration

DOCUMENTS = 20_000
TABLES = ("cards", "unpacked", "segments", "postings", "buried")
# Tables of few rows: PostgreSQL may well read their few pages as they are. An index must still be able to serve.
SMALL = (" on unpacked", " on segments")
_FILL = """
INSERT INTO matching.cards (tenant, kind, number, id, version, reading_version, length, terms)
SELECT $1, 'resume', number, 'r' || number, number, 1, 20, terms
FROM unnest($2::bigint[], $3::bytea[]) AS made (number, terms)
"""
_WAIT = """
INSERT INTO matching.unpacked (tenant, kind, number, version)
SELECT tenant, kind, number, version FROM matching.cards WHERE tenant = $1 AND number = ANY($2)
"""
_BURY = """
INSERT INTO matching.buried (tenant, kind, number, version, terms, receipt)
SELECT tenant, kind, number, version + 1000000, terms, CASE WHEN number % 2 = 0 THEN 'r' || number END
FROM matching.cards WHERE tenant = $1 AND number % 5 = 0
"""


async def _fill(words: Words, numbers: range) -> None:
    """Documents of 20 words, most of them packed."""
    chosen = random.Random(numbers.start)
    hashes = np.sort(
        np.array([chosen.sample(range(1, 4000), 20) for _ in numbers], dtype=np.uint32) * 1_000_003, axis=1
    )
    ones = np.ones(20, dtype=np.uint8)
    async with words.matching.database.writing(words.tenant) as connection:
        await connection.execute("INSERT INTO matching.tenants VALUES ($1) ON CONFLICT DO NOTHING", words.tenant)
        cards = [packed_terms(CardTerms(each, ones, 20)) for each in hashes]
        await connection.execute(_FILL, words.tenant, list(numbers), cards)
        await connection.execute(_WAIT, words.tenant, list(numbers))
        while await pack(connection, words.tenant, "resume"):
            pass
        await connection.execute(_WAIT, words.tenant, list(numbers)[::40])
        await connection.execute(_BURY, words.tenant)


async def _explained(connection: Reading, statement: str, *values: Any) -> str:
    return "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {statement}", *values))


async def test_no_statement_looks_through_a_table(words: Words) -> None:
    other = Words(words.matching, tenant="other")
    await _fill(words, range(1, DOCUMENTS))
    await _fill(other, range(DOCUMENTS, DOCUMENTS + 2000))
    run_sql(words.matching.dsns.superuser, ";".join(f"ANALYZE matching.{table}" for table in TABLES))
    newest = (await other.segments())[-1:]
    terms = [int(np.uint32(place * 1_000_003).view(np.int32)) for place in range(1, 49)]
    asked, some = ("other", "resume"), list(range(DOCUMENTS, DOCUMENTS + 300))
    statements: list[tuple[str, tuple[Any, ...]]] = [
        (packed_word_index._CARDS, (*asked, some)),
        (packed_word_index._UNPACKED, asked),
        (segments._LISTED, asked),
        (segments._HEADERS, (*asked, newest)),
        (postings._BEGINNINGS, (*asked, terms[:5], 10_000)),
        (postings._RARE, (*asked, terms)),
        (strengths._STRENGTHS, (*asked, newest * len(terms), terms)),
        (postings._WHOLE, (*asked, terms[:5])),
        (holding._VERSIONS, (*asked, some)),
        (holding._BURIED, asked),
        (waiting_work._WORK, ("other",)),
        (waiting_work._DEAD, asked),
        (packing._WAITING, (*asked, 4096)),
        (packing._NO_MORE_WAITING, (*asked, some)),
        (packing._CARDS, (*asked, some, some)),
        (packing._REMOVED.format(table="postings"), (*asked, newest)),
        (packing._REMOVED.format(table="segments"), (*asked, newest)),
        (packing._UNBURIED, (*asked, some, some)),
        (erasing._ERASED, (*asked, 100)),
        (erasing._POSTINGS, (*asked, terms, newest[0])),
        (erasing._LESS, (*asked, newest[0], terms[:2], [1, 1], [b"", b""], [None, b""])),
        (erasing._EMPTY, (*asked, newest[0], terms)),
    ]
    async with words.matching.database.writing("other") as connection:
        for statement, values in statements:
            plan = await _explained(connection, statement, *values)
            scanned = [line for line in plan.splitlines() if "Seq Scan" in line]
            assert all(any(table in line for table in SMALL) for line in scanned), f"{statement}\n{plan}"
        await connection.execute("SET LOCAL enable_seqscan = off")
        for statement, values in statements:
            plan = await _explained(connection, statement, *values)
            assert "Seq Scan" not in plan, f"{statement}\n{plan}"
