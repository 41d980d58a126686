"""Which events came late: events of a document whose source had sent a newer one before, by its own sequence.

An event is late where one of the same source, whose sequence is not lower, came before it in the order of revision,
whatever became of that one: indexed, failed, superseded or an erasure. A late event has no effect. All others, and
those of several sources, are ordered by their revisions.
"""

from __future__ import annotations

from collections.abc import Sequence

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.sequence import Appended, superseding
from libs.database.transactions import Writing
from services.matching.writing.arrivals import Identity
from services.matching.writing.replays import SentEvent
from services.matching.writing.sequences.rows import (
    Source,
    add_sequences,
    known_sequences,
    sequences_of,
    source_of,
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
    """Notes the sequences of what came of one tenant; says what of it is late.

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
    before = await known_sequences(connection, tenant, sources)
    seen = {source: list(each) for source, each in before.items()}
    for each in known:
        if each in sequences:
            seen[source_of(each.key, each.source_event)].append(sequences[each])
    late: Late = {}
    added: list[tuple[Source, Appended]] = []
    # Of what came together, too, revisions say what came first; what is late supersedes nothing.
    for each in sorted((each for each in named if each in sequences), key=lambda each: each.revision):
        source, appended = source_of(each.key, each.source_event), sequences[each]
        by = superseding(appended, seen[source])
        if by is not None and not _is_stored(each, stored.get(each.key)):
            late[each.key, each.revision] = by
        elif not any(_says_as_much(other, appended) for other in seen[source]):
            seen[source].append(appended)
            added.append((source, appended))
            for other in before[source]:
                if other.revision > appended.revision and other.sequence.is_behind(appended.sequence):
                    await _step_below(connection, each.key, other.revision, appended.revision)
    await add_sequences(connection, tenant, added)
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


def _says_as_much(other: Appended, appended: Appended) -> bool:
    """Whether all that comes late behind an event comes late behind an earlier one, too."""
    return other.revision < appended.revision and not other.sequence.is_below(appended.sequence)


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
