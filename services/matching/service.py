"""The answers, behind one front: documents, scores, searches and matches. Knows neither Kafka nor HTTP."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.asking import Asker
from libs.contracts.inner.documents import Document, Page
from libs.contracts.inner.matching import ActiveSpace, Applicants, Calculation, Figures
from libs.contracts.inner.matching import Matches as RankedMatches
from libs.contracts.inner.score_log import ScoreLogPage
from libs.contracts.inner.searching import SearchResults, SimilarDocuments
from libs.contracts.standing import AskedState
from services.matching.answers import documents, lists, logged_scores
from services.matching.answers.asked import NotIndexed, Unknown, shown_document
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.candidates.pools import MATCHED, SEARCHED, Candidates, Pool, Sample
from services.matching.answers.completeness import Completeness
from services.matching.answers.lists import Listing
from services.matching.answers.logged_scores import LoggedScores
from services.matching.answers.masking import masked_document
from services.matching.answers.matches import Matches
from services.matching.answers.query.query_vectors import EmbeddingClient
from services.matching.answers.search import Search
from services.matching.answers.similar import Similar
from services.matching.answers.totals import Totals
from services.matching.index.filters.conditions import Condition, of_ranked
from services.matching.index.identity.people import numbers_of_person
from services.matching.index.words.packed_word_index import PackedWordIndex
from services.matching.index.words.protocol import WordIndex
from services.matching.metrics import ANSWER_SECONDS, ANSWERS
from services.matching.retention import ALL_STAY, Retention
from services.matching.score_log.shown_answer import Note, not_noted
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import active_space

__all__ = ["MatchingService", "NotIndexed", "Unknown"]

Answer = TypeVar("Answer")
NOT_TOLD = Asker()


class MatchingService:
    """Answers from the database. Documents are shown over `database`'s connections; lists have `listing`'s, and
    scores, matches and searches `answering`'s, where these are given, and `limits`, so that many delay no plain reads.

    `searched` and `matched` say how many candidates are looked for; `words` finds them by words; `sample` is told of
    searches among vectors, `note` of each answer with scores of pairs. `retention` says until when documents are kept.
    `masked`: nothing is shown of who a person is.
    """

    def __init__(
        self,
        database: Database,
        embedding: EmbeddingClient,
        *,
        listing: Database | None = None,
        searched: Pool = SEARCHED,
        matched: Pool = MATCHED,
        answering: Database | None = None,
        limits: AnswerLimits | None = None,
        words: WordIndex | None = None,
        sample: Sample | None = None,
        note: Note = not_noted,
        retention: Retention = ALL_STAY,
        masked: bool = False,
    ) -> None:
        self._masked = masked
        self._database = database
        self._retention = retention
        self._listing = listing or database
        answering = answering or database
        limits = limits or AnswerLimits(turns=answering.connections)
        words = words or PackedWordIndex()
        candidates, totals, completeness = Candidates(words, sample), Totals(), Completeness()
        self._matches = Matches(
            answering, limits, candidates, totals, completeness, pool=matched, note=note, masked=masked
        )
        self._search = Search(
            answering, embedding, limits, candidates, words, totals, completeness, pool=searched, masked=masked
        )
        self._similar = Similar(answering, limits, candidates, completeness, pool=searched, masked=masked)
        self.blind: MatchingService = self
        """The same answers, within the same limits, without who a person is."""
        if not masked:
            self.blind = MatchingService(
                database,
                embedding,
                listing=listing,
                searched=searched,
                matched=matched,
                answering=answering,
                limits=limits,
                words=words,
                sample=sample,
                note=note,
                retention=retention,
                masked=True,
            )

    async def document(self, key: DocumentKey) -> Document | None:
        """A document as the API shows it; None where it is unknown or erased.

        Raises BeingFilled where that cannot be told, as the database is still being filled again.
        """
        async with self._database.reading(key.tenant) as connection:
            found = await shown_document(connection, key, await active_space(connection), self._retention)
        return found if found is None or not self._masked else masked_document(found)

    async def page(
        self,
        tenant: str,
        kind: Kind,
        *,
        limit: int,
        cursor: str | None,
        status: str | None,
        updated_since: datetime | None = None,
        filters: Mapping[str, Any] | None = None,
        state: AskedState | None = None,
        q: str | None = None,
    ) -> Page:
        """A page of documents; `state`: of jobs; `q`: of resumes of a person.

        Raises InvalidCursor, InvalidFilter, InvalidPerson.
        """
        async with self._listing.reading(tenant) as connection:
            space = await active_space(connection)
            listing = Listing(
                tenant,
                kind,
                status=status,
                updated_since=updated_since,
                filters=filters,
                state=state,
                numbers=None if q is None else await numbers_of_person(connection, tenant, kind, q),
                numbers_of=q or "",
            )
            return await lists.page(
                connection,
                listing,
                limit=limit,
                cursor=cursor,
                space=space,
                retention=self._retention,
                masked=self._masked,
            )

    async def figures(self, tenant: str, lag: dict[str, int]) -> Figures:
        """Counts of documents, and the active space, beside the `lag` that is given."""
        async with self._database.reading(tenant) as connection:
            counts = await documents.figures(connection, tenant)
            space = await active_space(connection)
        shown = None if space is None else ActiveSpace(space.name, space.model, space.dimension)
        return Figures(counts, shown, lag)

    async def calculate(self, job: DocumentKey, resume: DocumentKey, asker: Asker = NOT_TOLD) -> Calculation:
        """The score of a pair: see Matches."""
        return await _counted("calculate", self._matches.calculate(job, resume, asker))

    async def matches(
        self,
        key: DocumentKey,
        limit: int,
        condition: Condition | None = None,
        asker: Asker = NOT_TOLD,
        *,
        state: AskedState | None = None,
    ) -> RankedMatches:
        """The best counterparts of a document: see Matches. Of jobs, those of a state: see `of_ranked`."""
        condition = of_ranked("resume" if key.kind == "job" else "job", condition, state)
        return await _counted("matches", self._matches.matches(key, limit, condition, asker))

    async def applicants(self, job: DocumentKey, resume_ids: Sequence[str], asker: Asker = NOT_TOLD) -> Applicants:
        """Scores of all applicants of a job: see Matches."""
        return await _counted("applicants", self._matches.applicants(job, resume_ids, asker))

    async def logged_scores(self, asked: LoggedScores, *, limit: int, cursor: str | None) -> ScoreLogPage:
        """A page of the score log. Raises InvalidCursor. From the primary, which alone has all that was written."""
        async with self._database.reading(asked.tenant) as connection:
            return await logged_scores.page(connection, asked, limit=limit, cursor=cursor)

    async def similar(
        self, key: DocumentKey, limit: int, condition: Condition | None = None, *, state: AskedState | None = None
    ) -> SimilarDocuments:
        """Documents like one: see Similar. Of jobs, those of a state: see `of_ranked`."""
        condition = of_ranked(key.kind, condition, state)
        return await _counted("similar", self._similar.similar(key, limit, condition))

    async def search(
        self,
        tenant: str,
        query: str,
        kind: Kind,
        limit: int,
        condition: Condition | None = None,
        *,
        state: AskedState | None = None,
    ) -> SearchResults:
        """Documents for a free text: see Search. Of jobs, those of a state: see `of_ranked`."""
        condition = of_ranked(kind, condition, state)
        return await _counted("search", self._search.search(tenant, query, kind, limit, condition))


async def _counted(kind: str, answer: Awaitable[Answer]) -> Answer:
    started = time.monotonic()
    found = await answer
    ANSWERS.labels(kind, str(getattr(found, "degraded", False)).lower()).inc()
    ANSWER_SECONDS.labels(kind).observe(time.monotonic() - started)
    return found
