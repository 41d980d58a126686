"""What matching is asked, and what it answers. Receipts of erasures are in libs.contracts.erasures."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.documents import Note
from libs.contracts.identifiers import Kind
from libs.contracts.inner.fields import (
    Dimension,
    DocumentId,
    End,
    IsDegraded,
    JobId,
    ModelName,
    ResumeId,
    ScoringVersion,
    SpaceName,
    Start,
    Title,
)
from libs.contracts.structure import Necessity

MAX_APPLICANTS = 1_000

RequirementStatus = Literal["met", "partial", "missing"]
MatchStatus = Literal["scored", "insufficient_data"]
FlagCode = Literal["pasted_job", "word_repetition", "skill_list", "hidden_text"]
ResumeIds = Annotated[
    list[str],
    Meta(min_length=1, max_length=MAX_APPLICANTS, description="The resumes to score, each once"),
]
Score = Annotated[float | None, msgspec.Meta(description="0 to 100 with one decimal; null with too little text")]
Components = Annotated[dict[str, float], msgspec.Meta(description="What the score is made of, each 0 to 1")]


UnscoredReason = Literal["unknown", "not_indexed", "insufficient_data"]
Total = Annotated[
    int | UnsetType, msgspec.Meta(description="how many documents it was chosen from; absent where they are too many")
]
TotalAtLeast = Annotated[
    int | UnsetType, msgspec.Meta(description="in place of `total` where they are more than are counted")
]


class Pair(msgspec.Struct, frozen=True):
    """A pair to score."""

    job_id: JobId
    resume_id: ResumeId


class ApplicantsOrder(msgspec.Struct, frozen=True):
    """Resumes to score for one job: distinct, 1 to 1,000."""

    job_id: JobId
    resume_ids: ResumeIds


class CalculationOrder(msgspec.Struct, frozen=True):
    """A pair to score, or all applicants of a job: one of the two forms above."""

    job_id: JobId
    resume_id: ResumeId | UnsetType = UNSET
    resume_ids: ResumeIds | UnsetType = UNSET


class Evidence(msgspec.Struct, frozen=True):
    """A stretch of a resume that answers a requirement; offsets count code points of the stored text, `similarity`
    is a cosine."""

    text: Annotated[str, Meta(description="The stretch, as written")]
    start: Start
    end: End
    similarity: Annotated[float, Meta(description="The cosine of its vector and the requirement's, -1 to 1")]


class Requirement(msgspec.Struct, frozen=True):
    """A stretch of a job that asks for something, and what in the resume answers it, best first. `reason` is a sentence
    where a number or a name decided; `parts` are the same of each thing, where the stretch asks for several."""

    text: Annotated[str, Meta(description="What the job asks for, as written")]
    start: Start
    end: End
    necessity: Annotated[Necessity, Meta(description="Whether the job asks for it (`must`) or likes it (`nice`)")]
    status: Annotated[RequirementStatus, Meta(description="How well the resume answers it")]
    similarity: Annotated[float, Meta(description="The cosine of its vector and the best evidence's, -1 to 1")]
    evidence: Annotated[list[Evidence], Meta(description="What in the resume answers it, best first")]
    reason: Annotated[str | None, Meta(description="A sentence, where a number or a name decided; else null")] = None
    parts: Annotated[
        list[Requirement], Meta(description="The same of each thing it asks for, where they are several")
    ] = []


class MatchFlag(msgspec.Struct, frozen=True):
    """A sign that a resume was written for a machine: a reason to look, which never changes a score by itself. The
    message says what was found, for the person concerned too, who may say why it is not so."""

    code: Annotated[FlagCode, Meta(description="A stable name for programs")]
    message: Annotated[str, Meta(description="What was found, a sentence for the person concerned too")]


PairStatus = Annotated[
    MatchStatus, Meta(description="`insufficient_data` where one of both has too little text to judge")
]
Flags = Annotated[
    list[MatchFlag],
    Meta(
        description="Signs that the resume was written for a machine: reasons to look, which change no score by "
        "themselves"
    ),
]
ScoreNotes = Annotated[list[Note], Meta(description="What the score could not see, and why")]
PresentOf = Annotated[str | None, Meta(description='The day, `YYYY-MM-DD`, that "present" means in the resume')]


class Calculation(msgspec.Struct, frozen=True, kw_only=True):
    """A pair's score and its reasons. `notes`: what the score could not see, and why; `as_of`: the day that "present"
    means in the resume."""

    job_id: JobId
    resume_id: ResumeId
    score: Score
    status: PairStatus
    components: Components
    requirements: Annotated[
        list[Requirement], Meta(description="Each thing the job asks for, and how the resume answers it")
    ]
    flags: Flags = []
    notes: ScoreNotes = []
    as_of: PresentOf = None
    model: Annotated[str | None, Meta(description="The model whose vectors were compared; null where none were")]
    scoring_version: ScoringVersion


class MatchRequirement(msgspec.Struct, frozen=True):
    """A requirement as a ranking shows it: with its best evidence alone. `reason` and `parts`: see Requirement."""

    text: Annotated[str, Meta(description="What the job asks for, as written")]
    necessity: Annotated[Necessity, Meta(description="Whether the job asks for it (`must`) or likes it (`nice`)")]
    status: Annotated[RequirementStatus, Meta(description="How well the resume answers it")]
    similarity: Annotated[float, Meta(description="The cosine of its vector and the best evidence's, -1 to 1")]
    evidence: Annotated[
        list[Evidence], Meta(description="The one stretch of the resume that answers it best; empty where none does")
    ]
    reason: Annotated[str | None, Meta(description="A sentence, where a number or a name decided; else null")] = None
    parts: Annotated[
        list[MatchRequirement], Meta(description="The same of each thing it asks for, where they are several")
    ] = []


class RankedMatch(msgspec.Struct, frozen=True):
    """A ranked counterpart: as a calculation, but shorter."""

    id: DocumentId
    title: Title
    score: Score
    status: PairStatus
    components: Components
    requirements: Annotated[
        list[MatchRequirement], Meta(description="Each thing the job asks for, with the best evidence alone")
    ]
    flags: Flags = []
    notes: ScoreNotes = []
    as_of: PresentOf = None


class Matches(msgspec.Struct, frozen=True):
    """Ranked counterparts, best first; `unscored` counts those with too little text. `degraded` while the database is
    filled again from the topics, or documents that an earlier version stored are not ready to be found yet."""

    results: Annotated[list[RankedMatch], Meta(description="The counterparts, best first")]
    unscored: Annotated[int, Meta(description="How many have too little text for a score")]
    degraded: IsDegraded
    scoring_version: ScoringVersion
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


class UnscoredApplicant(msgspec.Struct, frozen=True):
    """A resume without a score: `unknown`, `not_indexed` (known, but not indexed yet, or not in the active model), or
    `insufficient_data` (too little text to judge)."""

    id: ResumeId
    reason: Annotated[
        UnscoredReason,
        Meta(
            description="Why it has no score: nobody knows it, it is not indexed (yet, or in the active model), or it "
            "has too little text"
        ),
    ]


class Applicants(msgspec.Struct, frozen=True):
    """All applicants of one job: those with a score, best first, and those without."""

    results: Annotated[list[RankedMatch], Meta(description="Those with a score, best first")]
    unscored: Annotated[list[UnscoredApplicant], Meta(description="Those without, each with the reason")]
    scoring_version: ScoringVersion


class ErasureOrder(msgspec.Struct, frozen=True):
    """A document to be erased, up to a revision."""

    kind: Kind
    id: str
    revision: str


class SpaceOrder(msgspec.Struct, frozen=True):
    """A space that a worker computes, to be registered under its name."""

    model: str
    dimension: int


class Assignment(msgspec.Struct, frozen=True):
    """Where a space's vectors go, the group that reads texts for it, and how far the space is."""

    topic: str
    group: str
    state: str


class Reembedding(msgspec.Struct, frozen=True):
    """How many stored documents are being sent through the model again."""

    documents: Annotated[int, Meta(description="How many stored documents are sent through the model again")]


class ActiveSpace(msgspec.Struct, frozen=True):
    """The space that answers are made of."""

    space: SpaceName
    model: ModelName
    dimension: Dimension


class Figures(msgspec.Struct, frozen=True):
    """Documents of the tenant by kind and status; `space` is null before the first worker registered one.
    `lag`: records that matching has not worked on yet, per topic."""

    documents: dict[str, dict[str, int]]
    space: ActiveSpace | None
    lag: dict[str, int]
