"""What the newest statuses say of each document, before matching has stored them. Bounded; in memory only."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from prometheus_client import Counter, Gauge

from libs.contracts.documents import DocumentError
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey, receipt_id
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status, is_newer

# Documents whose newest status is in memory.
DOCUMENTS = Gauge("shortlist_gateway_overlay_documents", "Documents whose newest status the gateway remembers")
EVICTED = Counter("shortlist_gateway_overlay_evicted_total", "Documents forgotten because the overlay was full")

VISIBLE: Final = frozenset({Status.QUEUED, Status.PARSED, Status.INDEXED, Status.FAILED})


@dataclass(frozen=True, slots=True)
class StatusPosition:
    """Where a status was read: partition and offset of the status topic."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Known:
    """The newest of a document. `erased` and `indexed` are the highest revisions of which that was reported.

    `at` is when the newest status was reported, `first_at` the first one since the last erasure; RFC 3339.
    """

    status: Status
    revision: Revision
    error: DocumentError | None
    at: str
    position: StatusPosition
    erased: Revision | None
    indexed: Revision | None
    first_at: str

    @property
    def is_erased(self) -> bool:
        """Whether the newest that is known of it is its erasure."""
        return self.status is Status.ERASED

    @property
    def is_hidden(self) -> bool:
        """Whether what matching last indexed of it must not be shown: erased, and nothing indexed since."""
        return self.erased is not None and (self.indexed is None or self.indexed <= self.erased)


class Reports:
    """The statuses of one document that came while somebody waits, in the order they came."""

    def __init__(self) -> None:
        self.came: list[StatusEvent] = []
        self.changed = asyncio.Event()

    def add(self, event: StatusEvent) -> None:
        """One more."""
        self.came.append(event)
        self.changed.set()


class Overlay:
    """The newest status per document; the documents that were reported longest ago are forgotten first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._known: OrderedDict[DocumentKey, Known] = OrderedDict()
        self._waiting: defaultdict[DocumentKey, set[Reports]] = defaultdict(set)
        self._receipts: OrderedDict[str, StatusEvent] = OrderedDict()
        self.forgotten: dict[int, int] = {}
        """The highest offset per partition of the status topic that was forgotten."""

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: DocumentKey) -> Known | None:
        """The newest known of a document."""
        return self._known.get(key)

    def note(self, event: StatusEvent, position: StatusPosition) -> None:
        """Notes a status; they may come in any order. Raises ValueError where its key or revision is malformed."""
        key, revision = event.key, event.parsed_revision
        for reports in self._waiting.get(key, ()):
            reports.add(event)
        if event.status is Status.SUPERSEDED:
            if event.superseded_by is not None:
                self._take_back(key, revision)
            return  # speaks of a revision that another one replaces; that one has a status of its own
        if event.status is Status.ERASED:
            self._receipts[receipt_id(key, revision)] = event
            while len(self._receipts) > self._limit:
                self._receipts.popitem(last=False)
        before = self._known.get(key)
        known = _merged(before, event, revision, position)
        if known == before:
            return
        self._known[key] = known
        self._known.move_to_end(key)
        self._forget_oldest()
        DOCUMENTS.set(len(self._known))

    def erasure(self, tenant: str, receipt: str) -> StatusEvent | None:
        """The status that reported the erasure with this receipt; None where it is not known here."""
        event = self._receipts.get(receipt)
        return event if event is not None and event.tenant == tenant else None

    @contextmanager
    def reports_of(self, key: DocumentKey) -> Iterator[Reports]:
        """All that is reported of one document from now on."""
        reports = Reports()
        self._waiting[key].add(reports)
        try:
            yield reports
        finally:
            self._waiting[key].discard(reports)
            if not self._waiting[key]:
                del self._waiting[key]

    def _take_back(self, key: DocumentKey, revision: Revision) -> None:
        """A submission came late by its sequence: matching, which said so, has what is shown in its place."""
        known = self._known.get(key)
        if known is not None and known.revision == revision and not known.is_erased:
            del self._known[key]
            DOCUMENTS.set(len(self._known))

    def _forget_oldest(self) -> None:
        while len(self._known) > self._limit:
            _, gone = self._known.popitem(last=False)
            partition = gone.position.partition
            self.forgotten[partition] = max(self.forgotten.get(partition, -1), gone.position.offset)
            EVICTED.inc()


def _merged(before: Known | None, event: StatusEvent, revision: Revision, position: StatusPosition) -> Known:
    erased = _highest(before.erased if before else None, revision if event.status is Status.ERASED else None)
    indexed = _highest(before.indexed if before else None, revision if event.status is Status.INDEXED else None)
    if before is not None and not is_newer(event.status, revision, before.status, before.revision):
        return replace(before, erased=erased, indexed=indexed)
    first_at = before.first_at if before is not None and not before.is_erased else event.at
    return Known(event.status, revision, event.error, event.at, position, erased, indexed, first_at)


def _highest(first: Revision | None, second: Revision | None) -> Revision | None:
    if first is None or second is None:
        return first or second
    return max(first, second)
