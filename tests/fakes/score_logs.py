"""A score log over a real database, as the process of matching has it."""

from __future__ import annotations

from libs.contracts.inner.asking import Asker
from libs.contracts.inner.score_log import Operation
from services.matching.answers.query.query_vectors import EmbeddingClient
from services.matching.score_log.shown_answer import LoggedDocument, ScoredVersion, ShownAnswer, ShownScore
from services.matching.score_log.waiting_answers import WaitingAnswers
from services.matching.score_log.writer import ScoreLogWriter
from services.matching.service import MatchingService
from services.matching.storage.database import Database
from services.matching.storage.score_log_months import ScoreLogMonths
from tests.fakes.documents import SPACE
from tests.fakes.matching_parts import Matching

MIB = 1024 * 1024


class LoggingMatching:
    """A matching whose answers are logged: `service` answers, `writer` writes what waits."""

    def __init__(self, matching: Matching, *, most_bytes: int = MIB, database: Database | None = None) -> None:
        database = database or matching.database
        self.waiting = WaitingAnswers(most_bytes=most_bytes)
        self.months = ScoreLogMonths(database, matching.dsns.owner, days=1461)
        self.writer = ScoreLogWriter(database, self.months, self.waiting, gather_seconds=0.0)
        embedding: EmbeddingClient = matching.service._search._embedding
        self.service = MatchingService(matching.database, embedding, note=self.waiting.note)

    async def write(self) -> None:
        """Writes all that waits."""
        while await self.writer.step():
            pass


def shown_answer(
    *resumes: str,
    tenant: str = "default",
    job: str = "j1",
    score: float | None = 50.0,
    stamp: int = 1000,
    operation: Operation = "job_matches",
    asker: Asker = Asker("bootstrap", None),  # noqa: B008  it cannot change
) -> ShownAnswer:
    """An answer about a job, with the same score for each of some resumes."""
    version = ScoredVersion(stamp, 1, "ab" * 32, 1)
    return ShownAnswer(
        tenant=tenant,
        operation=operation,
        asker=asker,
        kind="job",
        asked=LoggedDocument(job, version),
        scores=[ShownScore(LoggedDocument(each, version), score) for each in resumes],
        space=SPACE,
        scoring_version="v1.1",
        reading_version=1,
    )
