"""Erasing expired documents, once the log says so: judged anew, since a submission or a change may have come before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libs.contracts import topics
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.database.transactions import Writing
from libs.messaging.publishing import Outgoing
from libs.messaging.reporting import status_record, tombstone_record
from libs.telemetry.logs import get_logger
from libs.telemetry.record_spans import processing
from services.matching.retention import Retention
from services.matching.topics.positions import is_being_filled
from services.matching.writing.arrivals import ExpiryArrival
from services.matching.writing.erasures import erase
from services.matching.writing.metadata.rows import Known, known_metadata
from services.matching.writing.stored_document import asked_sql
from services.matching.writing.written import Written

log = get_logger(__name__)

_ROWS = asked_sql("documents", 'kind, id, status, stamp, "offset", updated_at, now() AS now')
_OWN_ENDS = asked_sql("standings", "kind, id, expires_at")
_ANSWERED = """
DELETE FROM matching.expiries e USING unnest($2::text[], $3::text[]) AS answered (kind, id)
WHERE e.tenant = $1 AND e.kind = answered.kind AND e.id = answered.id
"""


async def erase_expired(
    connection: Writing, tenant: str, arrivals: Sequence[ExpiryArrival], retention: Retention
) -> Written:
    """Erases documents of one tenant that are still expired, up to the newest revision that is known of them; those of
    which something newer was submitted than whoever asked for it knew of stay. Says once more what came of one that was
    erased already: it may not have been told.

    While the database is being filled nothing can be judged: it is asked for again. Raises DependencyUnavailable.
    """
    written = Written()
    newest = {each.key: each for each in sorted(arrivals, key=lambda each: each.about) if not each.origin.is_replay}
    keys = sorted(newest)
    if not keys:
        return written
    known = await known_metadata(connection, tenant, keys)
    if await is_being_filled(connection):
        return written
    asked = [[key.kind for key in keys], [key.id for key in keys]]
    rows = {(row["kind"], row["id"]): row for row in await connection.fetch(_ROWS, tenant, *asked)}
    own_ends = {
        (row["kind"], row["id"]): row["expires_at"] for row in await connection.fetch(_OWN_ENDS, tenant, *asked)
    }
    for key in keys:
        row, about, erased = rows.get((key.kind, key.id)), newest[key].about, known[key].erased
        if erased is not None and erased >= about:
            written.outgoing += _told(newest[key], erased)
        elif row is not None and _is_expired(row, about, own_ends.get((key.kind, key.id)), tenant, retention):
            revision = _newest_of(row, known[key])
            receipt = await erase(connection, key, revision)
            written.expired.append((key, revision))
            written.outgoing += _told(newest[key], revision)
            log.info("document_expired", document=str(key), revision=str(revision), receipt=receipt)
        else:
            log.info("expiry_outdated", document=str(key), about=str(about))
    await connection.execute(_ANSWERED, tenant, *asked)
    return written


def _is_expired(row: Any, about: Revision, own: Any, tenant: str, retention: Retention) -> bool:
    if row["status"] not in (Status.INDEXED, Status.FAILED) or Revision(row["stamp"], row["offset"]) > about:
        return False
    end = retention.end_of(tenant, own, row)
    return end is not None and end <= row["now"]


def _newest_of(row: Any, known: Known) -> Revision:
    """Of submissions and of changes: what is known of the document goes whole, and what is not known of it stays."""
    submitted = Revision(row["stamp"], row["offset"])
    return max(submitted, known.history.newest or submitted)


def _told(arrival: ExpiryArrival, revision: Revision) -> list[Outgoing]:
    """What a deletion publishes too."""
    with processing(arrival.origin.record):
        return [
            tombstone_record(topics.TEXT, arrival.key, revision, arrival.source_event),
            status_record(arrival.key, revision, Status.ERASED, source_event=arrival.source_event),
        ]
