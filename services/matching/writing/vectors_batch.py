"""Writing what came of one tenant on the vectors topics in one batch: documents, deletions, withdrawals."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from libs.contracts import topics
from libs.contracts.statuses import Status
from libs.database.transactions import Writing
from libs.messaging.publishing import Outgoing
from libs.messaging.reporting import status_record, tombstone_record
from libs.telemetry.record_spans import processing
from services.matching.storage.spaces_table import all_spaces
from services.matching.writing.arrivals import TombstoneArrival, VectorsArrival, VectorsTopicArrival
from services.matching.writing.batch import Batch
from services.matching.writing.erasures import are_topics_empty, erase
from services.matching.writing.indexing import index
from services.matching.writing.metadata.of_events import whole_record
from services.matching.writing.metadata.rows import known_metadata
from services.matching.writing.repairs import end_replay, repaired
from services.matching.writing.replays import SentEvent, sent_again
from services.matching.writing.stored_document import StoredDocument, stored_document, stored_documents
from services.matching.writing.written import Emptied, Outcome, RefusedChange, Written


async def write_vectors(connection: Writing, arrivals: Sequence[VectorsTopicArrival]) -> Written:
    """Writes documents and erases them, in the log's order as far as it matters.

    Raises RecordRejected, DependencyUnavailable, of these UnknownSpace where a space has no table.
    """
    keys = sorted({arrival.key for arrival in arrivals})
    if len(keys) < len(arrivals) or not all(isinstance(arrival, VectorsArrival) for arrival in arrivals):
        # All rows at once, in key order: two processes that write the same documents must not wait for each other.
        # Where each document has one event, all of them are written at once, which locks the rows.
        await stored_documents(connection, keys, lock=True)
    again = await _sent_again(connection, arrivals)
    written, batch = Written(), Batch()
    for arrival in arrivals:
        if isinstance(arrival, VectorsArrival):
            if _sent(arrival) in again and arrival.key in batch:
                # It may change nothing, and then outdates nothing: what came before it must be written first.
                await _index(connection, batch, written)
                batch = Batch()
            batch.add(arrival)
        elif arrival.withdrawn or not batch.outdate(arrival.key, arrival.identity.revision):
            # It came after a newer text: that must be written first, or it would not be seen to be newer.
            await _index(connection, batch, written)
            batch = Batch()
            await _tombstone(connection, arrival, written)
        else:
            await _tombstone(connection, arrival, written)
    await _index(connection, batch, written)
    return written


async def _sent_again(connection: Writing, arrivals: Sequence[VectorsTopicArrival]) -> set[SentEvent]:
    """The events sent again among those of documents that the batch has several events of."""
    vectors = [each for each in arrivals if isinstance(each, VectorsArrival)]
    counts = Counter(each.key for each in vectors)
    several = [_sent(each) for each in vectors if counts[each.key] > 1]
    return await sent_again(connection, several) if several else set()


def _sent(arrival: VectorsArrival) -> SentEvent:
    return SentEvent(arrival.key, arrival.event.source_event, arrival.revision)


async def _index(connection: Writing, batch: Batch, written: Written) -> None:
    for arrival in batch.outdated:
        if not arrival.origin.is_replay:
            with processing(arrival.origin.record):
                written.outgoing.append(_status(arrival, Status.SUPERSEDED))
    for each in batch.rounds():
        began = time.time_ns()
        outcomes = await index(connection, list(each.values()))
        for key, indexed in outcomes.items():
            arrival = each[key]
            written.outcomes.append((key, arrival.revision, indexed.outcome))
            if not arrival.origin.is_replay:
                with processing(arrival.origin.record, since=began):
                    await _report(connection, arrival, indexed.outcome, indexed.stored, written)
                    if indexed.metadata is not None:
                        written.outgoing.append(whole_record(key, indexed.metadata))
                written.refused += [RefusedChange(key, each) for each in indexed.refused]


async def _report(
    connection: Writing, arrival: VectorsArrival, outcome: Outcome, stored: StoredDocument | None, written: Written
) -> None:
    """Tells the end of an event and, where the topics would end on another text, what is stored."""
    if outcome is Outcome.REPLAYED:
        await end_replay(connection, arrival.identity, written)
        return
    ends_indexed = outcome in (Outcome.INDEXED, Outcome.RESTORED)
    written.outgoing.append(_status(arrival, Status.INDEXED if ends_indexed else Status.SUPERSEDED))
    if outcome is Outcome.ERASED and stored is not None and stored.erased is not None and stored.indexed is None:
        tombstone = tombstone_record(topics.TEXT, arrival.key, stored.erased, arrival.event.source_event)
        written.repair([tombstone])
    elif outcome is not Outcome.INDEXED:
        written.repair(await repaired(connection, stored))


async def _tombstone(connection: Writing, arrival: TombstoneArrival, written: Written) -> None:
    with processing(arrival.origin.record):
        if not arrival.withdrawn:
            await _erase(connection, arrival, written)
        if not arrival.origin.is_replay:
            # Where something is stored by now, the topics must not end on the tombstone.
            written.repair(await repaired(connection, await stored_document(connection, arrival.key)))


async def _erase(connection: Writing, arrival: TombstoneArrival, written: Written) -> None:
    key, revision, topic = arrival.key, arrival.identity.revision, arrival.origin.topic
    emptied = any((each.key, each.revision) == (key, revision) for each in written.emptied)
    emptied = emptied or await are_topics_empty(connection, key, revision)
    await erase(connection, key, revision)
    written.emptied.append(Emptied(key, revision, topic, arrival.forgotten))
    if arrival.origin.is_replay:
        return
    if not emptied:
        for other in await _other_topics(connection, topic):
            written.topics.append(other)
            written.outgoing.append(_tombstone_for(other, arrival))
        written.outgoing.append(await _metadata_without(connection, arrival))
    source_event = arrival.identity.source_event
    written.outgoing.append(status_record(key, revision, Status.ERASED, source_event=source_event))


async def _metadata_without(connection: Writing, arrival: TombstoneArrival) -> Outgoing:
    """What takes the place of all that the topic of metadata has of the document up to its erasure."""
    key = arrival.key
    history = (await known_metadata(connection, key.tenant, [key]))[key].history
    if history.indexed and history.newest is not None:
        return whole_record(key, history)
    return _tombstone_for(topics.METADATA, arrival)


async def _other_topics(connection: Writing, topic: str) -> list[str]:
    """The vectors topics beside the one that embedding's tombstone came on: perhaps nobody computes their spaces."""
    return [space.topic for space in await all_spaces(connection) if space.topic != topic]


def _tombstone_for(topic: str, arrival: TombstoneArrival) -> Outgoing:
    return tombstone_record(topic, arrival.key, arrival.identity.revision, arrival.identity.source_event)


def _status(arrival: VectorsArrival, status: Status) -> Outgoing:
    return status_record(arrival.key, arrival.revision, status, source_event=arrival.event.source_event)
