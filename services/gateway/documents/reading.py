"""Reads documents: what matching stores, under what the newest statuses say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status, is_newer
from services.gateway.clients.matching import MatchingClient
from services.gateway.problems import Problem, unavailable
from services.gateway.statuses.overlay import Known, Overlay, error_body

Body = dict[str, Any]


class StatusSource(Protocol):
    """What is needed of services.gateway.statuses.reader.StatusReader."""

    async def catch_up(self, seconds: float) -> bool: ...
    async def matching_positions(self) -> dict[int, int]: ...


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

    async def document(self, key: DocumentKey) -> Body:
        """The document as the contract shows it.

        Raises Problem: `not_found` only where both the newest statuses and matching know nothing of it,
        `unavailable` where that can't be told.
        """
        caught_up, held = await asyncio.gather(self.catch_up(), self._held(key))
        known = self._overlay.get(key)
        if isinstance(held, DependencyUnavailable):
            return _without_matching(key, known, held)
        if known is not None and known.status is Status.INDEXED and _is_behind(held, known):
            # Matching was asked before it had stored what the status reports by now.
            held = await self._matching.document(key)
        body = merged(key, held, known)
        if body is not None:
            return body
        if known is None:
            await self.refuse_guessing(caught_up)
        raise Problem("not_found", f"there is no {key.kind} with the id {key.id}")

    async def exists(self, key: DocumentKey) -> bool:
        """Whether there is such a document.

        Raises Problem (`unavailable`), DependencyUnavailable if it can't be told.
        """
        caught_up, held = await asyncio.gather(self.catch_up(), self._held(key))
        known = self._overlay.get(key)
        if isinstance(held, DependencyUnavailable):
            if known is None:
                raise held
            return not known.is_erased
        if known is None and held is None:
            await self.refuse_guessing(caught_up)
        return merged(key, held, known) is not None

    async def page(self, tenant: str, kind: Kind, params: Mapping[str, str]) -> Body:
        """A page of documents, each with its newest status; `params`: limit, cursor, status."""
        _, page = await asyncio.gather(self.catch_up(), self._matching.documents(tenant, kind, params))
        wanted = params.get("status")
        items = []
        for item in page.get("items", []):
            key = DocumentKey(tenant, kind, str(item["id"]))
            shown = merged(key, item, self._overlay.get(key))
            if shown is not None and wanted in (None, shown["status"]):
                items.append({name: value for name, value in shown.items() if name != "text"})
        return {**page, "items": items}

    async def _held(self, key: DocumentKey) -> Body | DependencyUnavailable | None:
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
        stored = await self._statuses.matching_positions()
        if any(stored.get(partition, 0) <= offset for partition, offset in forgotten.items()):
            raise unavailable("it can't be told whether the document exists: matching has yet to store many statuses")


def merged(key: DocumentKey, held: Body | None, known: Known | None) -> Body | None:
    """What matching holds under the newest known status; None where there is no such document (any more)."""
    if known is None:
        return held
    if held is None or _is_erased(held["revision"], known):
        return None if known.is_erased else _of_status(key, known)
    if _is_erased(held.get("indexed_revision"), known):
        held = {**held, **_no_content(key)}
    if known.status is Status.INDEXED or not is_newer(
        known.status, known.revision, Status(held["status"]), Revision.parse(held["revision"])
    ):
        return held
    newest: Body = {
        "status": str(known.status),
        "error": error_body(known.error),
        "revision": str(known.revision),
        "updated_at": known.at,
    }
    return {**held, **newest}


def _is_behind(held: Body | None, known: Known) -> bool:
    return held is None or is_newer(
        known.status, known.revision, Status(held["status"]), Revision.parse(held["revision"])
    )


def _without_matching(key: DocumentKey, known: Known | None, fault: DependencyUnavailable) -> Body:
    if known is None or known.indexed is not None:
        raise fault
    if known.is_erased:
        raise Problem("not_found", f"there is no {key.kind} with the id {key.id}")
    return {**_of_status(key, known), "degraded": True}


def _is_erased(revision: str | None, known: Known) -> bool:
    return revision is not None and known.erased is not None and Revision.parse(revision) <= known.erased


def _of_status(key: DocumentKey, known: Known) -> Body:
    return {
        "id": key.id,
        "kind": key.kind,
        "status": str(known.status),
        "error": error_body(known.error),
        "revision": str(known.revision),
        "created_at": known.first_at,
        "updated_at": known.at,
        **_no_content(key),
    }


def _no_content(key: DocumentKey) -> Body:
    """The fields of the last indexed revision, where there is none."""
    absent = ["title", "text", "indexed_at", "indexed_revision", "embedding"]
    if key.kind == "job":
        absent += ["description", "requirements"]
    return {"metadata": {}, **dict.fromkeys(absent)}
