"""Writing what came of one tenant on the topics of metadata in one batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from libs.contracts import topics
from libs.contracts.identifiers import DocumentKey
from libs.contracts.standing import NEVER_NAMED, Standing
from libs.database.transactions import Writing
from libs.messaging.publishing import Outgoing
from libs.messaging.reporting import tombstone_record
from libs.telemetry.record_spans import processing
from services.matching.writing.arrivals import ChangeArrival, MetadataArrival, WholeArrival
from services.matching.writing.metadata.history import NO_EVENT, History, Statement, added
from services.matching.writing.metadata.of_events import whole_record
from services.matching.writing.metadata.rows import Known, known_metadata, write_metadata, write_statements
from services.matching.writing.replays import SentEvent, note_sent, was_erased
from services.matching.writing.written import RefusedChange, Written


async def write_changes(connection: Writing, tenant: str, arrivals: Sequence[MetadataArrival]) -> Written:
    """Applies changes in the order of revision, wherever they come between what is known, and has what comes of them
    published. Those of documents that are not indexed wait; those up to an erasure change nothing.

    Whole metadata are this service's own: they fill a database that lacks them, and where the topic ends on others than
    those that are stored, the stored ones are published again. Raises DependencyUnavailable, RecordRejected.
    """
    known = await known_metadata(connection, tenant, sorted({arrival.key for arrival in arrivals}))
    replayed = await _of_erased(connection, known, arrivals)
    said: defaultdict[DocumentKey, list[Statement]] = defaultdict(list)
    standings: defaultdict[DocumentKey, Standing] = defaultdict(Standing)
    # What a database that is being filled is told of the whole: see `_statement`.
    whole: defaultdict[DocumentKey, Standing] = defaultdict(Standing)
    for arrival in arrivals:
        erased, statement = known[arrival.key].erased, _statement(arrival)
        if _sent(arrival) in replayed:
            continue
        if statement is not None and (erased is None or statement.revision > erased):
            said[arrival.key].append(statement)
        named = _standing(arrival) if erased is None else _standing(arrival).after(erased)
        if isinstance(arrival, WholeArrival) and arrival.origin.is_replay:
            whole[arrival.key] = named.joined(whole[arrival.key])
        else:
            standings[arrival.key] = standings[arrival.key].joined(named)
    written = Written()
    after: dict[DocumentKey, History] = {}
    for key, each in known.items():
        history = replace(each.history, standing=whole[key].joined(each.history.standing))
        after[key], refused = added(history, said[key], standings[key])
        written.refused += [RefusedChange(key, one) for one in refused]
    changed = {key: (known[key].history, history) for key, history in after.items()}
    await write_statements(connection, tenant, changed)
    indexed = {key: (known[key], history) for key, history in after.items() if history.indexed}
    await write_metadata(connection, tenant, indexed)
    written.outgoing = _published(arrivals, known, after)
    return written


def _published(
    arrivals: Sequence[MetadataArrival], known: Mapping[DocumentKey, Known], after: Mapping[DocumentKey, History]
) -> list[Outgoing]:
    """The metadata of every document that a change came for, also once more: it may not have got so far before."""
    last = {arrival.key: arrival for arrival in arrivals if not arrival.origin.is_replay}
    outgoing: list[Outgoing] = []
    for arrival in arrivals:
        key, history = arrival.key, after[arrival.key]
        if last.get(key) is not arrival:
            continue
        with processing(arrival.origin.record):
            if isinstance(arrival, ChangeArrival) or not _is_told(arrival, history):
                if history.indexed and history.newest is not None:
                    outgoing.append(whole_record(key, history))
                elif isinstance(arrival, WholeArrival) and (erased := known[key].erased) is not None:
                    # Published by a process that did not know of the erasure yet.
                    outgoing.append(tombstone_record(topics.METADATA, key, erased, NO_EVENT))
    return outgoing


def _is_told(arrival: WholeArrival, history: History) -> bool:
    """Whether the topic ends on what is stored; a tombstone, where nothing is."""
    if arrival.whole is None:
        return not history.indexed or history.newest is None
    told = (arrival.whole.named_metadata_at, arrival.whole.metadata, arrival.whole.standing)
    return told == (history.at, history.metadata, history.standing)


def _statement(arrival: MetadataArrival) -> Statement | None:
    if isinstance(arrival, ChangeArrival):
        change = arrival.change
        return Statement(
            arrival.revision,
            change.metadata,
            replaces=False,
            source_event=change.source_event,
            submitted_at=change.submitted_at,
        )
    if arrival.whole is None or (named := arrival.whole.named_metadata_at) is None:
        return None
    # In a database that is being filled it counts more than what came of the vectors topic at the same revision.
    return Statement(named, {**arrival.whole.metadata}, replaces=True, overrules=arrival.origin.is_replay)


def _standing(arrival: MetadataArrival) -> Standing:
    if isinstance(arrival, ChangeArrival):
        return arrival.change.standing
    return NEVER_NAMED if arrival.whole is None else arrival.whole.standing


async def _of_erased(
    connection: Writing, known: Mapping[DocumentKey, Known], arrivals: Sequence[MetadataArrival]
) -> set[SentEvent]:
    """Notes the events of changes; those that are sent again of a document that was erased since."""
    sent = [each for arrival in arrivals if (each := _sent(arrival)) is not None]
    if not sent:
        return set()
    first = await note_sent(connection, sent)
    asked = [each for each in sent if known[each.key].erased is not None]
    return {each for each in asked if was_erased(each.revision, first.get(each), known[each.key].erased)}


def _sent(arrival: MetadataArrival) -> SentEvent | None:
    if isinstance(arrival, ChangeArrival):
        return SentEvent(arrival.key, arrival.change.source_event, arrival.revision)
    return None
