"""The events a document's revisions came from, so that one which its producer sends again is known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from libs.contracts.events import TextEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.standing import NEVER_NAMED
from libs.database.transactions import Reading, Writing

# Events remembered of one document; an older one that is sent again counts as a new submission.
REMEMBERED = 50

# Part of a statement: notes at which revision events were kept, of the documents that were `written` ($1: the tenant).
REMEMBER = """
    INSERT INTO matching.events (tenant, kind, id, event, stamp, "offset")
    SELECT $1, kind, id, mark, stamp, "offset" FROM given JOIN written USING (kind, id) WHERE mark IS NOT NULL
    ON CONFLICT (tenant, kind, id, event) DO UPDATE SET stamp = excluded.stamp, "offset" = excluded."offset"
"""
_FORGET_OLDEST = f"""
DELETE FROM matching.events e USING unnest($2::text[], $3::text[]) AS asked (kind, id) CROSS JOIN LATERAL (
    SELECT stamp, "offset" FROM matching.events
    WHERE tenant = $1 AND kind = asked.kind AND id = asked.id
    ORDER BY stamp DESC, "offset" DESC OFFSET {REMEMBERED - 1} LIMIT 1) AS last
WHERE e.tenant = $1 AND e.kind = asked.kind AND e.id = asked.id
  AND (e.stamp, e."offset") < (last.stamp, last."offset")
"""


def event_mark(event: TextEvent) -> bytes | None:
    """What tells an event from others: a hash over its source, its id and what it says; None without an id.

    An id that comes with other content is another event: some senders use one id for all they say of a document,
    and their updates must not be taken for repetitions. A given title is in the text; one that is found there may be
    another with every version of what finds it.
    """
    if not event.source_event.id:
        return None
    said: tuple[object, ...] = (event.text, event.description, event.requirements, sorted(event.metadata.items()))
    standing = event.standing
    if standing != NEVER_NAMED:
        said += (standing.expires_at and standing.expires_at.value, standing.state and standing.state.value)
    source = (event.source_event.source, event.source_event.id)
    return hashlib.sha256(msgspec.json.encode((source, said))).digest()[:16]


async def sent_before(
    connection: Reading, tenant: str, marks: Mapping[DocumentKey, bytes]
) -> dict[DocumentKey, Revision]:
    """The newest revision at which each document's event was kept before; only those that were."""
    if not marks:
        return {}
    rows = await connection.fetch(
        """
        SELECT e.kind, e.id, e.stamp, e."offset" FROM matching.events e
        JOIN unnest($2::text[], $3::text[], $4::bytea[]) AS asked(kind, id, event) USING (kind, id, event)
        WHERE e.tenant = $1
        """,
        tenant,
        [key.kind for key in marks],
        [key.id for key in marks],
        list(marks.values()),
    )
    return {DocumentKey(tenant, row["kind"], row["id"]): Revision(row["stamp"], row["offset"]) for row in rows}


async def forget_oldest_events(connection: Writing, tenant: str, keys: Sequence[DocumentKey]) -> None:
    """Keeps of each document the last REMEMBERED events."""
    if keys:
        await connection.execute(_FORGET_OLDEST, tenant, [key.kind for key in keys], [key.id for key in keys])


async def move_event(connection: Writing, key: DocumentKey, before: Revision, revision: Revision) -> None:
    """What was kept at one revision is kept at another from now on."""
    await connection.execute(
        """
        UPDATE matching.events SET stamp = $6, "offset" = $7
        WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($4, $5)
        """,
        key.tenant,
        key.kind,
        key.id,
        before.stamp,
        before.offset,
        revision.stamp,
        revision.offset,
    )


async def forget_events(connection: Writing, key: DocumentKey, revision: Revision) -> None:
    """Removes the document's events up to an erasure's revision."""
    await connection.execute(
        'DELETE FROM matching.events WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") <= ($4, $5)',
        key.tenant,
        key.kind,
        key.id,
        revision.stamp,
        revision.offset,
    )
