"""Which events came late: events of a document whose source had sent a newer one before, by its own sequence.

An event is late where one of the same source, whose sequence is not lower, came before it in the order of revision,
whatever became of that one: indexed, failed, superseded or an erasure. A late event has no effect. All others, and
those of several sources, are ordered by their revisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.sequence import Appended, superseding
from libs.database.transactions import Writing
from services.matching.writing.arrivals import Identity
from services.matching.writing.replays import SentEvent
from services.matching.writing.sequences.rows import (
    Source,
    highest_sequences,
    sequences_of,
    source_of,
    write_sequences,
)
from services.matching.writing.stored_document import StoredDocument, locked_documents

# The revisions that came late, each with that of the event which superseded it.
Late = dict[tuple[DocumentKey, Revision], Revision]

# The row shows a step of an event which one that comes now, of an older revision, turns out to supersede.
_STEP_BELOW = """
UPDATE matching.documents SET stamp = $6, "offset" = $7
WHERE tenant = $1 AND kind = $2 AND id = $3 AND (stamp, "offset") = ($4, $5)
  AND (indexed_stamp, indexed_offset) IS DISTINCT FROM (stamp, "offset")
  AND (erased_stamp, erased_offset) IS DISTINCT FROM (stamp, "offset")
"""


async def late_events(connection: Writing, came: Sequence[Identity]) -> Late:
    """Notes the sequences of what came of one tenant, in the order it came; says what of it is late.

    Locks the documents of all that came, where any of it has a sequence. What is stored already is never late.
    """
    named = [SentEvent(each.key, each.source_event, each.revision) for each in came]
    if not any(each.source_event.sequence is not None for each in named):
        return {}
    tenant = came[0].key.tenant
    stored = await locked_documents(connection, sorted({each.key for each in came}))
    known = [event for each in stored.values() for event in _stored_events(each)]
    sequences = await sequences_of(connection, [*named, *known])
    sources = {
        source_of(each.key, each.source_event): appended.sequence.is_integer for each, appended in sequences.items()
    }
    before = await highest_sequences(connection, tenant, sources)
    highest = dict(before)
    seen: defaultdict[Source, list[Appended]] = defaultdict(list)
    for source, top in before.items():
        seen[source].append(top)
    for each in known:
        if each in sequences:
            seen[source_of(each.key, each.source_event)].append(sequences[each])
    late: Late = {}
    for each in named:
        appended = sequences.get(each)
        if appended is None:
            continue
        source = source_of(each.key, each.source_event)
        by = superseding(appended, seen[source])
        if by is not None and not _is_stored(each, stored.get(each.key)):
            late[each.key, each.revision] = by
        seen[source].append(appended)
        last = highest.get(source)
        if last is None or _is_higher(appended, last):
            highest[source] = appended
            if last is not None and appended.revision < last.revision:
                await _step_below(connection, each.key, last.revision, appended.revision)
    await write_sequences(connection, tenant, {key: each for key, each in highest.items() if before.get(key) != each})
    return late


def _stored_events(stored: StoredDocument) -> list[SentEvent]:
    """What is indexed of a document, and what erased it last."""
    found = []
    if stored.indexed is not None:
        found.append(SentEvent(stored.key, stored.source_event, stored.indexed))
    if stored.erased is not None and stored.erasing is not None:
        found.append(SentEvent(stored.key, stored.erasing, stored.erased))
    return found


def _is_stored(event: SentEvent, stored: StoredDocument | None) -> bool:
    return stored is not None and event.revision in (stored.indexed, stored.erased)


def _is_higher(appended: Appended, top: Appended) -> bool:
    if top.sequence.is_below(appended.sequence):
        return True
    return not appended.sequence.is_below(top.sequence) and appended.revision < top.revision


async def _step_below(connection: Writing, key: DocumentKey, revision: Revision, superseding: Revision) -> None:
    below = superseding.just_below
    await connection.execute(
        _STEP_BELOW,
        key.tenant,
        key.kind,
        key.id,
        revision.stamp,
        revision.offset,
        below.stamp,
        below.offset,
    )
