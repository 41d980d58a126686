"""Scores, matches and searches: matching's answers, without documents that were deleted meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TypeVar

import msgspec

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.asking import Asker
from libs.contracts.inner.matching import (
    Applicants,
    ApplicantsOrder,
    Calculation,
    Matches,
    Pair,
    RankedMatch,
    UnscoredApplicant,
    UnscoredReason,
)
from libs.contracts.inner.problems import NamedDocument
from libs.contracts.inner.searching import (
    FilteredSearch,
    SearchResult,
    SearchResults,
    SimilarDocument,
    SimilarDocuments,
)
from services.gateway.clients.matching import MatchingClient, Narrowed
from services.gateway.documents.reading import Reading
from services.gateway.problems import MatchingRefusal, Problem
from services.gateway.statuses.overlay import Overlay

Answer = TypeVar("Answer")
Result = TypeVar("Result", RankedMatch, SearchResult, SimilarDocument)
COUNTERPART: dict[Kind, Kind] = {"job": "resume", "resume": "job"}


class Ranking:
    """Asks matching to score and search; the score log is told the `asker`.

    Raises DependencyUnavailable, MatchingRefusal, Problem.
    """

    def __init__(self, overlay: Overlay, reading: Reading, matching: MatchingClient) -> None:
        self._overlay = overlay
        self._reading = reading
        self._matching = matching

    async def calculate(self, job: DocumentKey, resume: DocumentKey, asker: Asker) -> Calculation:
        """The score of a pair: 404 where one is unknown, 409 with its status where one is not indexed."""
        return await self._about([job, resume], self._matching.calculate(job.tenant, Pair(job.id, resume.id), asker))

    async def applicants(self, job: DocumentKey, resumes: Sequence[DocumentKey], asker: Asker) -> Applicants:
        """The scores of distinct resumes for one job: the same refusals where the job is not there; resumes that are
        not are named in the answer."""
        order = ApplicantsOrder(job.id, [key.id for key in resumes])
        found = await self._about([job], self._matching.applicants(job.tenant, order, asker))
        scored = self._visible(job.tenant, found.results, "resume")
        reasons = {each.id: each.reason for each in found.unscored}
        shown = {each.id for each in scored}
        unscored = [UnscoredApplicant(key.id, self._reason(key, reasons)) for key in resumes if key.id not in shown]
        return msgspec.structs.replace(found, results=scored, unscored=unscored)

    def _reason(self, key: DocumentKey, told: Mapping[str, UnscoredReason]) -> UnscoredReason:
        """Why a resume has no score: what matching told, and what is newer than that."""
        known = self._overlay.get(key)
        if known is None or not (known.is_hidden or told.get(key.id) == "unknown"):
            return told.get(key.id, "unknown")
        return "unknown" if known.is_erased else "not_indexed"

    async def matches(self, key: DocumentKey, limit: int, narrowed: Narrowed, asker: Asker) -> Matches:
        """The ranked counterparts of a document; the same refusals."""
        found = await self._about([key], self._matching.matches(key, limit, narrowed, asker))
        visible = self._visible(key.tenant, found.results, COUNTERPART[key.kind])
        return msgspec.structs.replace(found, results=visible)

    async def similar(self, key: DocumentKey, limit: int, narrowed: Narrowed) -> SimilarDocuments:
        """Documents of the same kind that are like one; the same refusals."""
        found = await self._about([key], self._matching.similar(key, limit, narrowed))
        return msgspec.structs.replace(found, results=self._visible(key.tenant, found.results, key.kind))

    async def search(self, tenant: str, wanted: FilteredSearch) -> SearchResults:
        """The documents of a kind closest to a text."""
        _, found = await asyncio.gather(self._reading.catch_up(), self._matching.search(tenant, wanted))
        return msgspec.structs.replace(found, results=self._visible(tenant, found.results, wanted.kind))

    async def _about(self, keys: Sequence[DocumentKey], answer: Awaitable[Answer]) -> Answer:
        caught_up, outcome = await asyncio.gather(self._reading.catch_up(), _or_refusal(answer))
        for key in keys:
            self._refuse_what_is_not_indexed(key, outcome)
        if isinstance(outcome, MatchingRefusal):
            if outcome.status == 404:
                await self._reading.refuse_guessing(caught_up)
            raise outcome
        return outcome

    def _refuse_what_is_not_indexed(self, key: DocumentKey, outcome: object) -> None:
        known = self._overlay.get(key)
        if known is None or known.status == "indexed":
            return
        is_unknown_to_matching = isinstance(outcome, MatchingRefusal) and outcome.status == 404
        if known.is_erased:
            raise Problem("not_found", f"there is no {key.kind} with the id {key.id}")
        if known.is_hidden or (is_unknown_to_matching and known.indexed is None):
            named = NamedDocument(key.kind, key.id, str(known.status))
            raise Problem(
                "not_indexed",
                f"{key.kind} {key.id} is {known.status}, not indexed",
                extra={"document": msgspec.to_builtins(named)},
            )

    def _visible(self, tenant: str, results: Sequence[Result], kind: Kind) -> list[Result]:
        def is_hidden(document_id: str) -> bool:
            known = self._overlay.get(DocumentKey(tenant, kind, document_id))
            return known is not None and known.is_hidden

        return [result for result in results if not is_hidden(result.id)]


async def _or_refusal(answer: Awaitable[Answer]) -> Answer | MatchingRefusal:
    try:
        return await answer
    except MatchingRefusal as refusal:
        return refusal
