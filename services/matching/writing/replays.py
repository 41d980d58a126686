"""Events of documents that were erased since: a replay of one is known by a mark and changes nothing.

A mark is a keyed hash of whose event it is, its `ce_source` and its `ce_id`; without the secret, which the database
made for itself, nobody can find out by trying which event it stands for. Marks outlive erasures. A database that is
refilled makes them anew, with a secret of its own, from the status topic, which names the source event of every
revision and is kept as long as the submitted topics are.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.database.transactions import Reading, Writing
from services.matching.writing.stored_document import StoredDocument, stored_documents

# Old marks removed by one transaction at most.
FORGOTTEN_AT_ONCE = 1000
# How old a mark must be for a further report of its event to renew it.
RENEWED_SECONDS = 3600.0
_MARK_BYTES = 16

# An event that was sent again lies in its topic anew: its mark begins to age once more. Not for each of its reports.
_NOTE = """
WITH noted AS (
    INSERT INTO matching.sent_events AS known (tenant, mark, stamp, "offset")
    SELECT $1, * FROM unnest($2::bytea[], $3::bigint[], $4::bigint[])
    ON CONFLICT (tenant, mark) DO UPDATE SET
        stamp = least(excluded.stamp, known.stamp),
        "offset" = CASE WHEN (excluded.stamp, excluded."offset") < (known.stamp, known."offset")
            THEN excluded."offset" ELSE known."offset" END,
        noted_at = CASE WHEN known.noted_at < now() - make_interval(secs => $5) THEN now() ELSE known.noted_at END
    WHERE (excluded.stamp, excluded."offset") < (known.stamp, known."offset")
        OR known.noted_at < now() - make_interval(secs => $5)
    RETURNING mark, stamp, "offset"
)
SELECT mark, stamp, "offset" FROM noted
UNION ALL
SELECT mark, stamp, "offset" FROM matching.sent_events known
WHERE tenant = $1 AND mark = ANY($2) AND NOT EXISTS (SELECT FROM noted WHERE noted.mark = known.mark)
"""
_FIRST = 'SELECT mark, stamp, "offset" FROM matching.sent_events WHERE tenant = $1 AND mark = ANY($2)'
_FORGET = """
DELETE FROM matching.sent_events WHERE tenant = $1 AND mark IN (
    SELECT mark FROM matching.sent_events WHERE tenant = $1 AND noted_at < now() - make_interval(secs => $2)
    ORDER BY noted_at LIMIT $3)
"""


@dataclass(frozen=True, slots=True)
class SentEvent:
    """An event of a document, and the revision that it came as."""

    key: DocumentKey
    source_event: SourceEvent
    revision: Revision


@dataclass(frozen=True, slots=True)
class Replays:
    """What is found in reports: `others` are of no erased event; `ended` are erased events that are to end so now.

    Of an erased event that is on its way nothing is to be shown; it ends when its vectors arrive, or when it fails.
    One that was indexed before it was known as such ends at once.
    """

    others: list[StatusEvent]
    ended: list[SentEvent]


async def note_sent(connection: Writing, sent: Sequence[SentEvent]) -> dict[SentEvent, Revision]:
    """Notes events of one tenant; the lowest revision that each ever came as. One without an id has no mark."""
    marks = await event_marks(connection, sent)
    lowest: dict[bytes, Revision] = {}
    for each, mark in marks.items():
        lowest[mark] = min(each.revision, lowest.get(mark, each.revision))
    if not lowest:
        return {}
    # In one order, so that two processes that note the same events do not wait for each other.
    ordered = sorted(lowest)
    stamps, offsets = [lowest[mark].stamp for mark in ordered], [lowest[mark].offset for mark in ordered]
    tenant = sent[0].key.tenant
    found = _revisions(await connection.fetch(_NOTE, tenant, ordered, stamps, offsets, RENEWED_SECONDS))
    # What another process noted while this statement waited for it is not seen by it.
    missing = [mark for mark in ordered if mark not in found]
    if missing:
        found |= _revisions(await connection.fetch(_FIRST, tenant, missing))
    return {each: found[mark] for each, mark in marks.items()}


async def first_revisions(connection: Reading, sent: Sequence[SentEvent]) -> dict[SentEvent, Revision]:
    """The lowest revision at which each event of one tenant was ever noted; only of those that were."""
    marks = await event_marks(connection, sent)
    if not marks:
        return {}
    found = _revisions(await connection.fetch(_FIRST, sent[0].key.tenant, list(set(marks.values()))))
    return {each: found[mark] for each, mark in marks.items() if mark in found}


async def sent_again(connection: Writing, sent: Sequence[SentEvent]) -> set[SentEvent]:
    """Notes events of one tenant; those of them that came before, at a lower revision than they come now."""
    first = await note_sent(connection, sent)
    return {each for each in sent if first.get(each, each.revision) < each.revision}


def was_erased(revision: Revision, first: Revision | None, erased: Revision | None) -> bool:
    """Whether an event that comes as `revision` is one of a document that was erased since it `first` came."""
    return first is not None and erased is not None and first <= erased < revision


async def find_replays(connection: Writing, reports: Sequence[StatusEvent]) -> Replays:
    """Notes the source events of one tenant's reports, and finds those of documents that were erased since.

    A report of a replay where something newer than the erasure is indexed is none of these: it is applied as others
    are, and what is indexed takes its revision when its vectors arrive.
    """
    if not reports:
        return Replays([], [])
    # The documents before the marks, as where vectors are written: else two processes could wait for each other.
    stored = await stored_documents(connection, sorted({each.key for each in reports}), lock=True)
    erased = _with_erasures(stored, reports)
    sent = [_sent(each) for each in reports if each.status is not Status.ERASED]
    if not sent:
        return Replays(list(reports), [])
    first = await note_sent(connection, sent)
    indexed = [
        SentEvent(key, each.source_event, each.indexed) for key, each in erased.items() if each.indexed is not None
    ]
    first |= await first_revisions(connection, indexed)
    revived = {
        each.key: each for each in indexed if was_erased(each.revision, first.get(each), erased[each.key].erased)
    }
    others, ended = [], list(revived.values())
    for each in reports:
        document, event = erased.get(each.key), _sent(each)
        nothing_newer = document is not None and (document.indexed is None or each.key in revived)
        last = document.erased if document is not None and nothing_newer else None
        if each.status is Status.ERASED or not was_erased(event.revision, first.get(event), last):
            others.append(each)
        elif each.status is Status.FAILED:
            ended.append(event)
    return Replays(others, ended)


async def forget_sent(connection: Writing, tenant: str, seconds: float) -> int:
    """Removes marks older than that, the oldest first, FORGOTTEN_AT_ONCE at most; returns how many."""
    return await connection.execute(_FORGET, tenant, seconds, FORGOTTEN_AT_ONCE)


def _with_erasures(
    stored: Mapping[DocumentKey, StoredDocument], reports: Sequence[StatusEvent]
) -> dict[DocumentKey, StoredDocument]:
    """The documents that were erased, also those of which only the reports say so: no later report may come."""
    found = {key: each for key, each in stored.items() if each.erased is not None}
    for report in reports:
        if report.status is Status.ERASED:
            revision = report.parsed_revision
            known = found.get(report.key) or stored.get(report.key) or _unknown(report.key)
            found[report.key] = replace(known, erased=max(revision, known.erased or revision))
    return found


def _unknown(key: DocumentKey) -> StoredDocument:
    """A document that has no row yet."""
    return StoredDocument(key, Status.ERASED, None, None, repair_owed=False, source_event=SourceEvent("", ""))


def _sent(report: StatusEvent) -> SentEvent:
    return SentEvent(report.key, report.source_event, report.parsed_revision)


async def event_marks(connection: Reading, sent: Sequence[SentEvent]) -> dict[SentEvent, bytes]:
    """The keyed hashes of events of one tenant's documents; only of those that have an id."""
    with_id = [each for each in sent if each.source_event.id]
    if not with_id:
        return {}
    secret = bytes(await connection.fetchval("SELECT secret FROM matching.sent_events_secret"))
    return {each: _mark(secret, each) for each in with_id}


def _revisions(rows: Iterable[Any]) -> dict[bytes, Revision]:
    return {bytes(row["mark"]): Revision(row["stamp"], row["offset"]) for row in rows}


def _mark(secret: bytes, sent: SentEvent) -> bytes:
    said = msgspec.json.encode((str(sent.key), sent.source_event.source, sent.source_event.id))
    return hmac.new(secret, said, hashlib.sha256).digest()[:_MARK_BYTES]
