"""Reads documents: what matching stores, under what the newest statuses say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.documents import (
    DOCUMENT_OF,
    Document,
    DocumentSummary,
    JobSummary,
    Page,
)
from libs.contracts.revision import Revision
from libs.contracts.standing import OPEN
from libs.contracts.statuses import Status, is_newer
from services.gateway.clients.matching import MatchingClient
from services.gateway.problems import Problem, unavailable
from services.gateway.statuses.overlay import Known, Overlay

Shown = TypeVar("Shown", bound=DocumentSummary)

# The fields of the last indexed revision, as they are where there is none.
_NOTHING_INDEXED: dict[str, Any] = {
    "title": None,
    "language": None,
    "as_of": None,
    "metadata": {},
    "metadata_revision": None,
    "expires_at": None,
    "state": OPEN,
    "text": None,
    "description": None,
    "requirements": None,
    "sections": [],
    "identity_spans": [],
    "entries": [],
    "mentions": [],
    "disclaimed_spans": [],
    "requirements_found": [],
    "notes": [],
    "structure_version": None,
    "indexed_at": None,
    "indexed_revision": None,
    "embedding": None,
}


class StatusSource(Protocol):
    """What is needed of services.gateway.statuses.reader.StatusReader."""

    async def catch_up(self, seconds: float) -> bool:
        """See `StatusReader.catch_up`."""
        ...

    async def matching_positions(self) -> dict[int, int]:
        """See `StatusReader.matching_positions`."""
        ...


class Reading:
    """Answers about documents. `catch_up_seconds` bounds how long a read waits for the newest statuses."""

    def __init__(
        self, overlay: Overlay, statuses: StatusSource, matching: MatchingClient, catch_up_seconds: float
    ) -> None:
        self._overlay = overlay
        self._statuses = statuses
        self._matching = matching
        self._catch_up_seconds = catch_up_seconds

    async def catch_up(self) -> bool:
        """Whether the overlay now holds all that was published before the call."""
        return await self._statuses.catch_up(self._catch_up_seconds)

    async def document(self, key: DocumentKey) -> Document:
        """The document as the contract shows it.

        Raises Problem: `not_found` only where both the newest statuses and matching know nothing of it,
        `unavailable` where that can't be told.
        """
        caught_up, stored = await asyncio.gather(self.catch_up(), self._stored(key))
        known = self._overlay.get(key)
        if isinstance(stored, DependencyUnavailable):
            return _without_matching(key, known, stored)
        if known is not None and known.status is Status.INDEXED and _is_behind(stored, known):
            # Matching was asked before it had stored what the status reports by now.
            stored = await self._matching.document(key)
        shown = merged(DOCUMENT_OF[key.kind], key, stored, known)
        if shown is not None:
            return shown
        if known is None:
            await self.refuse_guessing(caught_up)
        raise Problem("not_found", f"there is no {key.kind} with the id {key.id}")

    async def exists(self, key: DocumentKey) -> bool:
        """Whether there is such a document.

        Raises Problem (`unavailable`), DependencyUnavailable if it can't be told.
        """
        caught_up, stored = await asyncio.gather(self.catch_up(), self._stored(key))
        known = self._overlay.get(key)
        if isinstance(stored, DependencyUnavailable):
            if known is None:
                raise stored
            return not known.is_erased
        if known is None and stored is None:
            await self.refuse_guessing(caught_up)
        return merged(DOCUMENT_OF[key.kind], key, stored, known) is not None

    async def page(self, tenant: str, kind: Kind, params: Mapping[str, str]) -> Page:
        """A page of documents, each with its newest status; `params` as in `MatchingClient.documents`."""
        _, page = await asyncio.gather(self.catch_up(), self._matching.documents(tenant, kind, params))
        wanted = params.get("status")
        form = JobSummary if kind == "job" else DocumentSummary
        items = []
        for item in page.items:
            key = DocumentKey(tenant, kind, item.id)
            shown = merged(form, key, item, self._overlay.get(key))
            if shown is not None and wanted in (None, shown.status):
                items.append(shown)
        return msgspec.structs.replace(page, items=items)

    async def _stored(self, key: DocumentKey) -> Document | DependencyUnavailable | None:
        try:
            return await self._matching.document(key)
        except DependencyUnavailable as fault:
            return fault

    async def refuse_guessing(self, caught_up: bool) -> None:
        """Raises Problem (`unavailable`) where a document could exist though neither side knows it."""
        if not caught_up:
            raise unavailable("it can't be told whether the document exists: the newest statuses could not be read")
        forgotten = dict(self._overlay.forgotten)
        if not forgotten:
            return
        positions = await self._statuses.matching_positions()
        if any(positions.get(partition, 0) <= offset for partition, offset in forgotten.items()):
            raise unavailable("it can't be told whether the document exists: matching has yet to store many statuses")


def merged(form: type[Shown], key: DocumentKey, stored: Shown | None, known: Known | None) -> Shown | None:
    """What matching holds under the newest known status; None where there is no such document (any more)."""
    if known is None:
        return stored
    if stored is None or _is_erased(stored.revision, known):
        return None if known.is_erased else _of_status(form, key, known)
    if _is_erased(stored.indexed_revision, known):
        stored = msgspec.structs.replace(stored, **_no_content(form))
    return stored if known.status is Status.INDEXED or not _is_behind(stored, known) else _with_status(stored, known)


def _with_status(stored: Shown, known: Known) -> Shown:
    return msgspec.structs.replace(
        stored, status=str(known.status), error=known.error, revision=str(known.revision), updated_at=known.at
    )


def _is_behind(stored: DocumentSummary | None, known: Known) -> bool:
    return stored is None or is_newer(
        known.status, known.revision, Status(stored.status), Revision.parse(stored.revision)
    )


def _without_matching(key: DocumentKey, known: Known | None, fault: DependencyUnavailable) -> Document:
    if known is None or known.indexed is not None:
        raise fault
    if known.is_erased:
        raise Problem("not_found", f"there is no {key.kind} with the id {key.id}")
    return msgspec.structs.replace(_of_status(DOCUMENT_OF[key.kind], key, known), degraded=True)


def _is_erased(revision: str | None, known: Known) -> bool:
    return revision is not None and known.erased is not None and Revision.parse(revision) <= known.erased


def _of_status(form: type[Shown], key: DocumentKey, known: Known) -> Shown:
    """A document of which nothing but its newest status is known."""
    fields: dict[str, Any] = {
        "id": key.id,
        "kind": key.kind,
        "status": str(known.status),
        "error": known.error,
        "revision": str(known.revision),
        "created_at": known.first_at,
        "updated_at": known.at,
        **_no_content(form),
    }
    return form(**fields)


def _no_content(form: type[DocumentSummary]) -> dict[str, Any]:
    """The fields of the last indexed revision, where there is none."""
    return {name: nothing for name, nothing in _NOTHING_INDEXED.items() if name in form.__struct_fields__}
