"""Every statement of deriving anew uses its index, as the service role under row level security, among 25,000
documents."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import STRUCTURE_VERSION, IdentitySpan, Structure
from libs.telemetry.health import Health
from services.matching.derivation.ingest_client import IngestClient
from services.matching.derivation.readings import ReadingDerivation
from services.matching.derivation.worker import Derivation
from tests.fakes.documents import SPACE
from tests.fakes.explained_plans import ExplainedDatabase, assert_by_index
from tests.fakes.ingest_app import FakeIngest
from tests.fakes.matching_parts import Matching
from tests.fakes.nurse_texts import nurse

pytestmark = pytest.mark.integration

# Rows of a page of documents with all their filters and identity terms.
PAGE_ROWS = 500
GENERIC = pytest.mark.parametrize("generic", [False, True], ids=["custom", "generic"])
_TABLES = ("documents", "cards", f"vectors_{SPACE}")


def named_as_stored(order: StructureOrder) -> Structure:
    """A structure that leaves the same of the text to be embedded; `nurse` does not."""
    return Structure(title="Nurse", identity_spans=[IdentitySpan(0, order.text.index("\n"), "name")])


async def _age(matching: Matching, *, structures: str, cards: str, vectors: str) -> None:
    """Makes structures, cards and readings old where ids are LIKE these, of every tenant; all others are as new."""
    connection = await asyncpg.connect(matching.dsns.superuser)
    await connection.execute(
        f"UPDATE matching.documents SET structure_version = CASE WHEN id LIKE '{structures}' THEN 0"
        f" ELSE {STRUCTURE_VERSION} END"
    )
    await connection.execute(f"UPDATE matching.cards SET reading_version = 0 WHERE id LIKE '{cards}'")
    await connection.execute(f"UPDATE matching.vectors_{SPACE} SET reading_version = 0 WHERE id LIKE '{vectors}'")
    for table in _TABLES:
        await connection.execute(f"VACUUM ANALYZE matching.{table}")
    await connection.close()


@pytest.fixture
async def database(crowded: Matching, generic: bool) -> AsyncIterator[ExplainedDatabase]:
    found = ExplainedDatabase(crowded.dsns.matching, generic=generic)
    await found.open()
    yield found
    await found.close()


@GENERIC
async def test_no_statement_of_new_structures_looks_through_a_table(
    crowded: Matching, database: ExplainedDatabase, client: IngestClient, ingest: FakeIngest
) -> None:
    await _age(crowded, structures="copy-1100%", cards="", vectors="")
    derivation = Derivation(database, crowded.publisher, client)
    await derivation._look(Health("matching"))
    for find in (named_as_stored, nurse):
        ingest.find = find
        assert await derivation.step()
    assert crowded.publisher.topics, "nothing was sent"
    await derivation.forget_sent()
    statements = "\n".join(plan.statement for plan in database.plans)
    for part in (
        "SET title",
        "SET reading_version = 0",
        "derived_at = now()",
        "derived_at = NULL WHERE",
        "ORDER BY structure_version",
    ):
        assert part in statements
    for plan in database.plans:
        assert_by_index(plan, most_rows=PAGE_ROWS)


@GENERIC
async def test_no_statement_of_new_readings_looks_through_a_table(
    crowded: Matching, database: ExplainedDatabase
) -> None:
    await _age(crowded, structures="", cards="copy-1111%", vectors="copy-1112%")
    derivation = ReadingDerivation(database)
    while await derivation.step():
        pass
    await derivation.stop()
    assert any("SET reading = " in plan.statement for plan in database.plans)
    for plan in database.plans:
        assert_by_index(plan, most_rows=PAGE_ROWS)


@GENERIC
async def test_where_all_is_outdated_the_next_are_found_without_reading_the_others(
    crowded: Matching, database: ExplainedDatabase, client: IngestClient
) -> None:
    await _age(crowded, structures="%", cards="%", vectors="%")
    structures, readings = Derivation(database, crowded.publisher, client), ReadingDerivation(database)
    for _ in range(2):
        assert await structures.step()
        assert await readings.step()
    await readings.stop()
    for plan in database.plans:
        assert_by_index(plan, most_rows=PAGE_ROWS)
