"""The score of a pair, the best counterparts of a document, and all applicants of a job."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.asking import Asker
from libs.contracts.inner.matching import Applicants, Calculation, RankedMatch, UnscoredApplicant, UnscoredReason
from libs.contracts.inner.matching import Matches as RankedMatches
from libs.contracts.inner.score_log import Operation
from libs.database.transactions import Reading
from services.matching.answers import scored_rows
from services.matching.answers.asked import AskedDocument, active_size, are_known, asked_document
from services.matching.answers.bounds.limits import AnswerLimits
from services.matching.answers.candidates.cards import joined_cards
from services.matching.answers.candidates.comparing import (
    Chosen,
    best_by_cards,
    compared_with_document,
    document_vector_of,
)
from services.matching.answers.candidates.pools import Candidates, Pool, Sought
from services.matching.answers.candidates.restriction import Restriction, filtered
from services.matching.answers.completeness import Completeness
from services.matching.answers.counterparts import Counterparts
from services.matching.answers.parts import cost_of_scoring
from services.matching.answers.totals import Totals
from services.matching.index.filters.conditions import Condition
from services.matching.score_log.shown_answer import LoggedDocument, Note, ScoredVersion, ShownAnswer, ShownScore
from services.matching.scoring.calculate import SCORING_VERSION, Comparison
from services.matching.scoring.model import Match
from services.matching.scoring.reading.read_document import ReadDocument
from services.matching.scoring.reading.stored_reading import READING_VERSION
from services.matching.storage.database import Database
from services.matching.storage.spaces_table import Space, active_space

# Where filters leave no more than these, every one of them is scored, without an index in between.
MOST_SCORED_WHOLE = 2_000
# Of the candidates, so many at least are scored in full, and so many times as many as are shown.
LEAST_SCORED, TIMES_SHOWN = 120, 3.0


class Matches:
    """Scores pairs from what is stored; the model is not asked. An answer is of one moment of the database. `note` is
    told of each one with its `asker`, for the score log, once it is there; `masked`: texts without who a person is."""

    def __init__(
        self,
        database: Database,
        limits: AnswerLimits,
        candidates: Candidates,
        totals: Totals,
        completeness: Completeness,
        *,
        pool: Pool,
        note: Note,
        masked: bool = False,
    ) -> None:
        self._database = database
        self._limits = limits
        self._candidates = candidates
        self._totals = totals
        self._completeness = completeness
        self._pool = pool
        self._note = note
        self._masked = masked

    async def calculate(self, job: DocumentKey, resume: DocumentKey, asker: Asker) -> Calculation:
        """The score of a pair. Raises Unknown, NotIndexed, DependencyUnavailable (Overloaded, BeingFilled)."""
        async with (
            self._limits.answer(job.tenant),
            self._limits.turn(job.tenant),
            self._database.reading(job.tenant) as connection,
        ):
            active = await active_space(connection)
            space, of_job = await active_size(connection, job, active)
            _, of_resume = await active_size(connection, resume, active)
            async with self._limits.memory(job.tenant, cost_of_scoring(of_job, [of_resume], shown=1)):
                first = await asked_document(connection, self._limits, job, of_job, space, masked=self._masked)
                second = await asked_document(connection, self._limits, resume, of_resume, space, masked=self._masked)
                scored = await self._limits.scoring(partial(_scored_pair, first, second))
        score = ShownScore(LoggedDocument(resume.id, second.version), scored.score)
        self._note(_shown_answer("calculate", asker, job, first.version, space, [score]))
        return Calculation(job_id=job.id, resume_id=resume.id, **msgspec.structs.asdict(scored), model=space.model)

    async def matches(self, key: DocumentKey, limit: int, condition: Condition | None, asker: Asker) -> RankedMatches:
        """The best counterparts of a document, of those that pass the condition; `requirements` of each are JSON
        already (msgspec.Raw), to be sent alone.

        Where up to MOST_SCORED_WHOLE pass, every one of them is scored in full. Else candidates are ranked by their
        cards, and the best LEAST_SCORED, or TIMES_SHOWN as many as are shown, are. A score is that of `calculate`.

        Raises Unknown, NotIndexed, DependencyUnavailable (Overloaded, BeingFilled).
        """
        other: Kind = "resume" if key.kind == "job" else "job"
        async with (
            self._limits.answer(key.tenant),
            self._limits.turn(key.tenant),
            self._database.reading(key.tenant) as connection,
        ):
            space, size = await active_size(connection, key, await active_space(connection))
            allowed = await filtered(connection, key.tenant, other, condition)
            asked = await asked_document(connection, self._limits, key, size, space, masked=self._masked)
            chosen = await self._worth_scoring(connection, key.tenant, other, asked.document, space, allowed, limit)
            found = await scored_rows.sizes(connection, key.tenant, other, chosen.ids, space, chosen.sizes)
            counterparts = Counterparts(
                asked.document, asked.text, key.tenant, space, self._limits, masked=self._masked
            )
            asks = len(asked.document.flat_asks) if key.kind == "job" else None
            async with self._limits.memory(key.tenant, cost_of_scoring(size, found, shown=limit, asks=asks)):
                results = await counterparts.best(connection, found, limit)
            total, at_least = await self._totals.of(connection, key.tenant, other, allowed)
            is_whole = await self._completeness.is_whole(connection, key.tenant)
        operation: Operation = "job_matches" if key.kind == "job" else "resume_matches"
        self._note(_shown_answer(operation, asker, key, asked.version, space, _shown(results, counterparts.versions)))
        return RankedMatches(
            results=results,
            unscored=len(counterparts.unscored),
            degraded=not is_whole,
            scoring_version=SCORING_VERSION,
            total=total,
            total_at_least=at_least,
        )

    async def applicants(self, job: DocumentKey, resume_ids: Sequence[str], asker: Asker) -> Applicants:
        """All of these resumes scored for one job, in full, best first, and why the others are not.

        `resume_ids` are distinct, and 1,000 at most. Raises Unknown and NotIndexed of the job, DependencyUnavailable
        (Overloaded, BeingFilled).
        """
        async with (
            self._limits.answer(job.tenant),
            self._limits.turn(job.tenant),
            self._database.reading(job.tenant) as connection,
        ):
            space, size = await active_size(connection, job, await active_space(connection))
            found = await scored_rows.sizes(connection, job.tenant, "resume", resume_ids, space)
            asked = await asked_document(connection, self._limits, job, size, space, masked=self._masked)
            asks = len(asked.document.flat_asks)
            async with self._limits.memory(job.tenant, cost_of_scoring(size, found, shown=len(found), asks=asks)):
                counterparts = Counterparts(
                    asked.document, asked.text, job.tenant, space, self._limits, masked=self._masked
                )
                results = await counterparts.best(connection, found, len(found))
            reasons: dict[str, UnscoredReason] = dict.fromkeys(counterparts.unscored, "insufficient_data")
            without = set(resume_ids) - {each.id for each in found}
            known = await are_known(connection, job.tenant, "resume", without) if without else set()
            short = await scored_rows.versions(connection, job.tenant, "resume", list(reasons)) if reasons else {}
            reasons |= {each: "not_indexed" if each in known else "unknown" for each in without}
        scores = _shown(results, counterparts.versions)
        scores += [ShownScore(LoggedDocument(each, short[each]), None) for each in resume_ids if each in short]
        self._note(_shown_answer("applicants", asker, job, asked.version, space, scores))
        return Applicants(
            results=results,
            unscored=[UnscoredApplicant(each, reasons[each]) for each in resume_ids if each in reasons],
            scoring_version=SCORING_VERSION,
        )

    def _counterparts(self, asked: AskedDocument, tenant: str, space: Space) -> Counterparts:
        return Counterparts(asked.document, asked.text, tenant, space, self._limits, masked=self._masked)

    async def _worth_scoring(
        self,
        connection: Reading,
        tenant: str,
        kind: Kind,
        asked: ReadDocument,
        space: Space,
        allowed: Restriction,
        limit: int,
    ) -> Chosen:
        if allowed.within is not None and len(allowed.within) <= MOST_SCORED_WHOLE:
            return Chosen(await scored_rows.ids_of(connection, tenant, kind, allowed.within), {})
        compared = await self._limits.scoring(partial(compared_with_document, asked))
        vector = document_vector_of(asked)
        sought = Sought(tenant, kind, compared.terms, space, vector, exact_words=False)
        found = await self._candidates.find(connection, sought, allowed, self._pool.for_matches(limit))
        joined = await joined_cards(connection, tenant, kind, found.numbers, space)
        most = max(LEAST_SCORED, math.ceil(TIMES_SHOWN * limit))
        return await self._limits.scoring(partial(best_by_cards, compared.asked, joined, space, most))


def _shown(results: Sequence[RankedMatch], versions: Mapping[str, ScoredVersion]) -> list[ShownScore]:
    return [ShownScore(LoggedDocument(each.id, versions[each.id]), each.score) for each in results]


def _shown_answer(
    operation: Operation,
    asker: Asker,
    key: DocumentKey,
    version: ScoredVersion,
    space: Space,
    scores: Sequence[ShownScore],
) -> ShownAnswer:
    """What the log is told of an answer about a document, as of now."""
    return ShownAnswer(
        tenant=key.tenant,
        operation=operation,
        asker=asker,
        kind=key.kind,
        asked=LoggedDocument(key.id, version),
        scores=scores,
        space=space.name,
        scoring_version=SCORING_VERSION,
        reading_version=READING_VERSION,
    )


def _scored_pair(job: AskedDocument, resume: AskedDocument) -> Match:
    return Comparison(job.document, resume.document).match(job.text, resume.text)
