"""The score log: which scores of pairs were shown, to whom, of which texts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from libs.contracts.inner.fields import NextCursor, ScoringVersion
from libs.contracts.inner.matching import MatchStatus, Score

MAX_LOG_PAGE = 200

Operation = Literal["calculate", "applicants", "job_matches", "resume_matches"]
LoggedId = Annotated[
    str,
    msgspec.Meta(description="The document's id; once it is erased `erased:` and a keyed hash, always the same"),
]
LoggedRevision = Annotated[
    str | None, msgspec.Meta(description="The revision that was scored; null once the document is erased")
]
LoggedHash = Annotated[
    str | None,
    msgspec.Meta(description="sha256 of the stored text that was scored, hex; null once the document is erased"),
]
LoggedStructure = Annotated[int | None, msgspec.Meta(description="`structure_version` of the document as scored")]


class LoggedScore(msgspec.Struct, frozen=True, kw_only=True):
    """A score of a pair that was shown. It holds no text."""

    at: Annotated[str, msgspec.Meta(description="When it was shown: RFC 3339")]
    answer: Annotated[str, msgspec.Meta(description="16 hex digits, the same for all scores of one answer")]
    place: Annotated[int, msgspec.Meta(description="Where in the answer it stood, from 1 on")]
    operation: Annotated[
        Operation,
        msgspec.Meta(
            description="What was asked: the score of a pair (`calculate`), of all applicants of a job (`applicants`), "
            "the matches of a job or of a resume"
        ),
    ]
    asked_by: Annotated[str | None, msgspec.Meta(description="The public id of the key that asked")]
    actor: Annotated[str | None, msgspec.Meta(description="The header `Shortlist-Actor` of the request")]
    job_id: LoggedId
    resume_id: LoggedId
    job_revision: LoggedRevision
    resume_revision: LoggedRevision
    job_text_hash: LoggedHash
    resume_text_hash: LoggedHash
    job_structure_version: LoggedStructure
    resume_structure_version: LoggedStructure
    score: Score
    status: Annotated[MatchStatus, Meta(description="Whether there was a score, or too little text for one")]
    scoring_version: ScoringVersion
    reading_version: Annotated[int, msgspec.Meta(description="The version of what scoring derives from a text")]
    model: Annotated[str | None, msgspec.Meta(description="The model whose vectors were compared")]
    space: Annotated[str, msgspec.Meta(description="The space of these vectors")]


class ScoreLogPage(msgspec.Struct, frozen=True):
    """Scores that were shown, the newest first; `next_cursor` is null at the end."""

    items: Annotated[list[LoggedScore], Meta(description="The scores, the newest first")]
    next_cursor: NextCursor
