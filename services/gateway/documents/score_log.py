"""The score log as callers see it: without entries of documents whose erasure matching has yet to write."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.score_log import LoggedScore, ScoreLogPage
from libs.contracts.revision import Revision
from services.gateway.clients.matching import MatchingClient
from services.gateway.documents.reading import Reading
from services.gateway.statuses.overlay import Overlay


class ScoreLog:
    """Reads the log. Raises DependencyUnavailable, MatchingRefusal."""

    def __init__(self, overlay: Overlay, reading: Reading, matching: MatchingClient) -> None:
        self._overlay = overlay
        self._reading = reading
        self._matching = matching

    async def page(self, tenant: str, params: Mapping[str, str]) -> ScoreLogPage:
        """A page, the newest first; `params` as in `MatchingClient.score_log`.

        A document that was deleted a moment ago is shown with its id by nobody: its entries are left out until they
        have another name.
        """
        _, page = await asyncio.gather(self._reading.catch_up(), self._matching.score_log(tenant, params))
        items = [each for each in page.items if not self._is_of_erased(tenant, each)]
        return msgspec.structs.replace(page, items=items)

    def _is_of_erased(self, tenant: str, entry: LoggedScore) -> bool:
        named: list[tuple[Kind, str, str | None]] = [
            ("job", entry.job_id, entry.job_revision),
            ("resume", entry.resume_id, entry.resume_revision),
        ]
        for kind, document_id, revision in named:
            known = None if revision is None else self._overlay.get(DocumentKey(tenant, kind, document_id))
            if known is not None and known.erased is not None and Revision.parse(revision or "") <= known.erased:
                return True
        return False
