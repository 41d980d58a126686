"""Every statement of changing metadata uses its index, as the service role under row level security, among 25,000
documents."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from services.matching.consumer import MatchingWork
from services.matching.writing.document_writer import DocumentWriter
from services.matching.writing.metadata.forgetting import join_old
from tests.fakes.copied_documents import FIRST_NUMBER, copied
from tests.fakes.documents import (
    metadata_changed,
    report,
    status_arrived,
    tombstone_arrived,
    vectors_arrived,
    vectors_event,
)
from tests.fakes.explained_plans import ExplainedDatabase, assert_by_index
from tests.fakes.matching_parts import Matching

pytestmark = pytest.mark.integration

# Rows of a batch of documents with all their filters.
BATCH_ROWS = 500
LATER, LAST = Revision(2000, 1), Revision(3000, 1)


@pytest.mark.parametrize("generic", [False, True], ids=["custom", "generic"])
async def test_no_statement_of_metadata_looks_through_a_table(crowded: Matching, generic: bool) -> None:
    database = ExplainedDatabase(crowded.dsns.matching, generic=generic)
    await database.open()
    work = MatchingWork(DocumentWriter(database, cache_seconds=3600), crowded.spaces, crowded.publisher)
    keys = [f"default/resume/{copied(FIRST_NUMBER + place)}" for place in range(20)]
    # Of one that is unknown too: it waits for its document.
    await work.handle([metadata_changed(key, LATER, city="Basel", ten=None) for key in (*keys, "default/resume/new")])
    await work.handle([vectors_arrived(vectors_event(key, LAST, metadata={"city": "Bern"})) for key in keys[:5]])
    erased = [status_arrived(report(keys[0], LAST, Status.ERASED)), tombstone_arrived(keys[0], LAST)]
    await work.handle(erased)
    connection = await asyncpg.connect(crowded.dsns.superuser)
    await connection.execute(
        "UPDATE matching.metadata_changes SET noted_at = now() - interval '1 year' WHERE id LIKE 'copy-10010%'"
    )
    await connection.execute("VACUUM ANALYZE matching.metadata_changes")
    await connection.close()
    await join_old(database, timedelta(days=30))
    statements = "\n".join(plan.statement for plan in database.plans)
    for part in (
        "INSERT INTO matching.metadata_changes",
        "DELETE FROM matching.metadata_changes",
        "SET metadata = made",
    ):
        assert part in statements
    for plan in database.plans:
        assert_by_index(plan, most_rows=BATCH_ROWS)
    await database.close()
