"""Writing a document: text, vectors and status in one transaction, never an older one over a newer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.database.transactions import Writing
from services.matching.index.derived import Derived
from services.matching.index.document_index import write_derived
from services.matching.index.filters.filter_values import filter_values
from services.matching.storage.spaces_table import spaces_with_tables
from services.matching.writing.arrivals import VectorsArrival
from services.matching.writing.document_rows import Indexable, restore_document, write_documents
from services.matching.writing.erasures import erase
from services.matching.writing.metadata.history import History, Refused, added
from services.matching.writing.metadata.of_events import is_told_by, said_by, standing_said_by
from services.matching.writing.metadata.rows import Known as KnownMetadata
from services.matching.writing.metadata.rows import known_metadata, write_metadata, write_statements
from services.matching.writing.replays import SentEvent, note_sent, was_erased
from services.matching.writing.sent_events import sent_before
from services.matching.writing.stored_document import (
    StoredDocument,
    stored_document,
    stored_documents,
)
from services.matching.writing.written import Outcome


class UnknownSpace(DependencyUnavailable):
    """The database has no table for an event's space: it was replaced after embedding registered the space."""

    def __init__(self, space: str) -> None:
        super().__init__("database", f"the space {space} is not registered in it")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a document and of an event of it before that is written.

    `kept_at`: the newest revision at which the same event, saying the same, was kept; `first`: the lowest revision that
    the event ever came as.
    """

    stored: StoredDocument | None
    kept_at: Revision | None
    first: Revision | None
    metadata: KnownMetadata


@dataclass(frozen=True, slots=True)
class Indexed:
    """What became of an event.

    `stored` are the marks of the document: those before the write where the event was indexed, else those after it.
    `metadata`: what the document's are now, where the vectors topic does not tell them.
    """

    outcome: Outcome
    stored: StoredDocument | None
    metadata: History | None = None
    refused: Sequence[Refused] = ()


async def index(connection: Writing, arrivals: Sequence[VectorsArrival]) -> dict[DocumentKey, Indexed]:
    """Writes documents of one tenant, one event for each key, in key order; says what became of each.

    Raises UnknownSpace, RecordRejected, DependencyUnavailable.
    """
    ordered = sorted(arrivals, key=lambda each: each.key)
    tenant, keys = ordered[0].key.tenant, [each.key for each in ordered]
    spaces = await spaces_with_tables(connection)
    for each in ordered:
        if each.event.embedding.space not in spaces:
            raise UnknownSpace(each.event.embedding.space)
    metadata = await known_metadata(connection, tenant, keys)
    # Of what was never indexed nothing was kept.
    kept = {key for key, each in metadata.items() if each.stored is not None and each.stored.indexed is not None}
    marks = {each.key: each.mark for each in ordered if each.mark is not None and each.key in kept}
    before = await sent_before(connection, tenant, marks)
    first = await note_sent(connection, [_sent(each) for each in ordered])
    outcomes: dict[DocumentKey, Indexed] = {}
    filled = Filled()
    for each in ordered:
        of_metadata = metadata[each.key]
        known = Known(of_metadata.stored, before.get(each.key), first.get(_sent(each)), of_metadata)
        outcomes[each.key] = await _decided(connection, each, known, spaces, filled)
    await _write_documents(connection, tenant, spaces, filled, outcomes)
    await write_statements(connection, tenant, {key: (old.history, new) for key, (old, new) in filled.metadata.items()})
    await write_metadata(connection, tenant, filled.moved)
    return outcomes


@dataclass(slots=True)
class Filled:
    """What is left to be written of a batch, for all its documents at once: events, with what was known of their
    documents, what metadata are made of, and of which documents metadata alone are to be written."""

    documents: list[tuple[Indexable, Known]] = field(default_factory=list)
    metadata: dict[DocumentKey, tuple[KnownMetadata, History]] = field(default_factory=dict)
    moved: dict[DocumentKey, tuple[KnownMetadata, History]] = field(default_factory=dict)


def _sent(arrival: VectorsArrival) -> SentEvent:
    return SentEvent(arrival.key, arrival.event.source_event, arrival.revision)


async def _decided(
    connection: Writing, arrival: VectorsArrival, known: Known, spaces: Sequence[str], filled: Filled
) -> Indexed:
    """What becomes of an event: done already, but where it is to be indexed."""
    outcome, stored, key = _decide(arrival, known), known.stored, arrival.key
    history, refused = _metadata(arrival, outcome, known)
    if outcome is Outcome.INDEXED:
        indexed = None if stored is None else stored.indexed
        filled.documents.append((Indexable(arrival, history, indexed, known.kept_at), known))
        return Indexed(outcome, stored, None if is_told_by(arrival.event, history) else history, refused)
    if outcome is Outcome.REPLAYED:
        await erase(connection, key, arrival.revision)
        return Indexed(outcome, await stored_document(connection, key))
    if outcome is Outcome.RESTORED and stored is not None and stored.indexed is not None:
        await restore_document(connection, arrival, spaces, stored.indexed)
        stored = await stored_document(connection, key)
    changed = history != known.metadata.history
    if changed:
        filled.metadata[key] = filled.moved[key] = (known.metadata, history)
    return Indexed(outcome, stored, history if changed and history.newest is not None else None, refused)


async def _write_documents(
    connection: Writing,
    tenant: str,
    spaces: Sequence[str],
    filled: Filled,
    outcomes: dict[DocumentKey, Indexed],
) -> None:
    if not filled.documents:
        return
    written = await write_documents(connection, tenant, [each for each, _ in filled.documents], spaces)
    derived: defaultdict[str, list[Derived]] = defaultdict(list)
    for each, known in filled.documents:
        if each.key in written:
            filled.metadata[each.key] = (known.metadata, each.history)
            derived[each.space].append(_with_filters(each.arrival, each.history))
        else:
            # A row that was not there when the rows were locked has been written by another process since.
            stored = (await stored_documents(connection, [each.key], lock=True)).get(each.key)
            outcomes[each.key] = Indexed(_decide(each.arrival, replace(known, stored=stored, kept_at=None)), stored)
    for space, documents in derived.items():
        await write_derived(connection, tenant, space, documents)


def _metadata(arrival: VectorsArrival, outcome: Outcome, known: Known) -> tuple[History, list[Refused]]:
    """What the document's metadata are with the event, if that becomes of it, and the changes that were refused."""
    history, erased = known.metadata.history, known.metadata.erased
    indexed = None if known.stored is None else known.stored.indexed
    said = said_by(arrival.event, outcome, history, indexed=indexed, kept_at=known.kept_at)
    standing = standing_said_by(arrival.event, outcome, history, indexed=indexed, kept_at=known.kept_at)
    counting = [each for each in said if erased is None or each.revision > erased]
    standing = standing if erased is None else standing.after(erased)
    return added(replace(history, indexed=history.indexed or outcome is Outcome.INDEXED), counting, standing)


def _with_filters(arrival: VectorsArrival, history: History) -> Derived:
    event = arrival.event
    state = history.standing.state_of(event.kind)
    if (history.metadata, state) == (event.metadata, event.standing.state_of(event.kind)):
        return arrival.derived
    return replace(arrival.derived, filters=filter_values(history.metadata, event.language, state))


def _decide(arrival: VectorsArrival, known: Known) -> Outcome:
    stored, revision = known.stored, arrival.revision
    if stored is None:
        return Outcome.INDEXED
    if stored.erased is not None and revision <= stored.erased:
        return Outcome.ERASED
    if stored.indexed is not None and revision < stored.indexed:
        return Outcome.SUPERSEDED
    if was_erased(revision, known.first, stored.erased):
        if stored.indexed is None:
            return Outcome.REPLAYED
        return Outcome.INDEXED if stored.indexed == revision else Outcome.RESTORED
    # The sender's ids tell its events apart only where what is stored did not come by the very id of the older one.
    # Also where the stored document was moved to this revision by a delivery before this one.
    kept_before = known.kept_at is not None and known.kept_at < revision
    if kept_before and stored.indexed is not None and stored.source_event != arrival.event.source_event:
        return Outcome.RESTORED
    return Outcome.INDEXED
