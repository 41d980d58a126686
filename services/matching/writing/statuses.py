"""Statuses in the documents table: whichever order reports arrive in, the row ends the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import RANK, Status, is_newer
from libs.database.transactions import Writing
from services.matching.storage.times import moment

# Indexed and failed rank alike. Of one revision that was reported as both, by two workers or before and
# after a dead letter was replayed, indexed is what the database holds. An event that its producer sends a second
# time updates nothing: its steps show, but the document is as old as it was.
_APPLY = """
INSERT INTO matching.documents AS stored
    (tenant, kind, id, status, rank, stamp, "offset", error_code, error_message, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (tenant, kind, id) DO UPDATE SET
    status = excluded.status, rank = excluded.rank, stamp = excluded.stamp, "offset" = excluded."offset",
    error_code = excluded.error_code, error_message = excluded.error_message,
    updated_at = CASE WHEN excluded.status <> 'failed' AND (stored.source, stored.source_id) = ($12, $13)
        THEN stored.updated_at ELSE excluded.updated_at END,
    created_at = CASE WHEN stored.status = 'erased' THEN excluded.created_at ELSE stored.created_at END
WHERE ((excluded.stamp, excluded."offset", excluded.rank) > (stored.stamp, stored."offset", stored.rank)
       OR ((excluded.stamp, excluded."offset") = (stored.stamp, stored."offset")
           AND excluded.status = 'indexed' AND stored.status = 'failed'))
  AND (stored.erased_stamp IS NULL OR (excluded.stamp, excluded."offset") > (stored.erased_stamp, stored.erased_offset))
"""


def newest_statuses(reports: Iterable[StatusEvent]) -> dict[DocumentKey, StatusEvent]:
    """The report of each document that counts, sorted by key so that batches lock rows in one order.

    `superseded` speaks of a revision that another replaces and `erased` is applied by the erasure: neither is here.
    """
    newest: dict[DocumentKey, StatusEvent] = {}
    for report in reports:
        if report.status in (Status.SUPERSEDED, Status.ERASED):
            continue
        other = newest.get(report.key)
        if other is None or _replaces(report, other):
            newest[report.key] = report
    return dict(sorted(newest.items()))


async def apply_statuses(connection: Writing, reports: Sequence[StatusEvent]) -> None:
    """Applies reports of one tenant, each only where it is newer than its row."""
    first = _first_times(reports)
    rows = [_row(key, report, first.get(key)) for key, report in newest_statuses(reports).items()]
    if rows:
        await connection.executemany(_APPLY, rows)


async def remember_tenant(connection: Writing, tenant: str) -> None:
    """Notes that the tenant exists."""
    await connection.execute("INSERT INTO matching.tenants (name) VALUES ($1) ON CONFLICT DO NOTHING", tenant)


async def fail_lost(connection: Writing, tenant: str, before: Revision, code: str, message: str) -> int:
    """Marks what was on the way below a revision as failed; returns how many documents."""
    return await connection.execute(
        """
        UPDATE matching.documents
        SET status = 'failed', rank = $4, error_code = $5, error_message = $6, updated_at = now()
        WHERE tenant = $1 AND status IN ('queued', 'parsed') AND (stamp, "offset") < ($2, $3)
        """,
        tenant,
        before.stamp,
        before.offset,
        RANK[Status.FAILED],
        code,
        message,
    )


async def await_newer(connection: Writing, key: DocumentKey, revision: Revision) -> bool:
    """Whether a submission newer than the revision is on its way; where it is, a repair is owed should it fail."""
    marked = await connection.execute(
        """
        UPDATE matching.documents SET repair_owed = true
        WHERE tenant = $1 AND kind = $2 AND id = $3 AND status IN ('queued', 'parsed') AND (stamp, "offset") > ($4, $5)
        """,
        key.tenant,
        key.kind,
        key.id,
        revision.stamp,
        revision.offset,
    )
    return marked > 0


async def repair_done(connection: Writing, key: DocumentKey) -> None:
    """No repair is owed of the document any more."""
    await connection.execute(
        "UPDATE matching.documents SET repair_owed = false WHERE tenant = $1 AND kind = $2 AND id = $3 AND repair_owed",
        key.tenant,
        key.kind,
        key.id,
    )


def _replaces(report: StatusEvent, other: StatusEvent) -> bool:
    ends = (report.status, other.status)
    if report.parsed_revision == other.parsed_revision and ends == (Status.INDEXED, Status.FAILED):
        return True
    return is_newer(report.status, report.parsed_revision, other.status, other.parsed_revision)


def _first_times(reports: Iterable[StatusEvent]) -> dict[DocumentKey, datetime]:
    """When each document was first reported, since its last erasure among the reports."""
    counting = [report for report in reports if report.status is not Status.SUPERSEDED]
    erased: dict[DocumentKey, Revision] = {}
    for report in counting:
        if report.status is Status.ERASED:
            erased[report.key] = max(report.parsed_revision, erased.get(report.key, report.parsed_revision))
    first: dict[DocumentKey, datetime] = {}
    for report in counting:
        if report.key not in erased or report.parsed_revision > erased[report.key]:
            at = moment(report.at)
            first[report.key] = min(at, first.get(report.key, at))
    return first


def _row(key: DocumentKey, report: StatusEvent, first: datetime | None) -> tuple[object, ...]:
    revision, error = report.parsed_revision, report.error
    return (
        key.tenant,
        key.kind,
        key.id,
        str(report.status),
        RANK[report.status],
        revision.stamp,
        revision.offset,
        error.code if error else None,
        # PostgreSQL holds no U+0000, and a report must not be lost for what its sentence quotes.
        error.message.replace("\x00", "") if error else None,
        first or moment(report.at),
        moment(report.at),
        report.source_event.source,
        # Of an event without an id nobody can say that it is sent again.
        report.source_event.id or None,
    )
