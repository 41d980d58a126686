"""What matching is asked, and what it answers. Receipts of erasures are in libs.contracts.erasures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts.documents import Note
from libs.contracts.filters import FILTERS_FORM
from libs.contracts.identifiers import Kind
from libs.contracts.standing import AskedState
from libs.contracts.structure import Necessity

MAX_QUERY_CHARS = 20_000
MAX_RESULTS = 100
MAX_APPLICANTS = 1_000

RequirementStatus = Literal["met", "partial", "missing"]
MatchStatus = Literal["scored", "insufficient_data"]
FlagCode = Literal["pasted_job", "word_repetition", "skill_list", "hidden_text"]
ReadAs = Annotated[
    Literal["query", "words"],
    msgspec.Meta(
        description="How the text was read: with its quotations, operators and parentheses, or as plain words, since "
        "it has several lines or more than 300 characters, or is malformed as a query"
    ),
]
STATE_FORM = (
    "Of jobs alone: `open`, `closed` or `any`. Without it closed ones are left out, unless the filters name `@state`"
)
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

    job_id: str
    resume_id: str


class ApplicantsOrder(msgspec.Struct, frozen=True):
    """Resumes to score for one job: distinct, 1 to 1,000."""

    job_id: str
    resume_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MAX_APPLICANTS)]


class CalculationOrder(msgspec.Struct, frozen=True):
    """A pair to score, or all applicants of a job: one of the two forms above."""

    job_id: str
    resume_id: str | UnsetType = UNSET
    resume_ids: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MAX_APPLICANTS)] | UnsetType = UNSET


class Evidence(msgspec.Struct, frozen=True):
    """A stretch of a resume that answers a requirement; offsets count code points of the stored text, `similarity`
    is a cosine."""

    text: str
    start: int
    end: int
    similarity: float


class Requirement(msgspec.Struct, frozen=True):
    """A stretch of a job that asks for something, and what in the resume answers it, best first. `reason` is a sentence
    where a number or a name decided; `parts` are the same of each thing, where the stretch asks for several."""

    text: str
    start: int
    end: int
    necessity: Necessity
    status: RequirementStatus
    similarity: float
    evidence: list[Evidence]
    reason: str | None = None
    parts: list[Requirement] = []


class MatchFlag(msgspec.Struct, frozen=True):
    """A sign that a resume was written for a machine: a reason to look, which never changes a score by itself. The
    message says what was found, for the person concerned too, who may say why it is not so."""

    code: FlagCode
    message: str


class Calculation(msgspec.Struct, frozen=True, kw_only=True):
    """A pair's score and its reasons. `notes`: what the score could not see, and why; `as_of`: the day that "present"
    means in the resume."""

    job_id: str
    resume_id: str
    score: Score
    status: MatchStatus
    components: Components
    requirements: list[Requirement]
    flags: list[MatchFlag] = []
    notes: list[Note] = []
    as_of: str | None = None
    model: str | None
    scoring_version: str


class MatchRequirement(msgspec.Struct, frozen=True):
    """A requirement as a ranking shows it: with its best evidence alone. `reason` and `parts`: see Requirement."""

    text: str
    necessity: Necessity
    status: RequirementStatus
    similarity: float
    evidence: list[Evidence]
    reason: str | None = None
    parts: list[MatchRequirement] = []


class RankedMatch(msgspec.Struct, frozen=True):
    """A ranked counterpart: as a calculation, but shorter."""

    id: str
    title: str | None
    score: Score
    status: MatchStatus
    components: Components
    requirements: list[MatchRequirement]
    flags: list[MatchFlag] = []
    notes: list[Note] = []
    as_of: str | None = None


class Matches(msgspec.Struct, frozen=True):
    """Ranked counterparts, best first; `unscored` counts those with too little text. `degraded` while the database is
    filled again from the topics, or documents that an earlier version stored are not ready to be found yet."""

    results: list[RankedMatch]
    unscored: int
    degraded: bool
    scoring_version: str
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


class UnscoredApplicant(msgspec.Struct, frozen=True):
    """A resume without a score: `unknown`, `not_indexed` (known, but not indexed yet, or not in the active model), or
    `insufficient_data` (too little text to judge)."""

    id: str
    reason: UnscoredReason


class Applicants(msgspec.Struct, frozen=True):
    """All applicants of one job: those with a score, best first, and those without."""

    results: list[RankedMatch]
    unscored: list[UnscoredApplicant]
    scoring_version: str


class Search(msgspec.Struct, frozen=True):
    """A search by free text."""

    query: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_QUERY_CHARS)]
    kind: Kind
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_RESULTS)] = 10


class FilteredSearch(Search, frozen=True, forbid_unknown_fields=True):
    """A search by free text among the documents that pass filters."""

    filters: Annotated[dict[str, Any] | UnsetType | None, msgspec.Meta(description=FILTERS_FORM)] = UNSET
    state: Annotated[AskedState | UnsetType | None, msgspec.Meta(description=STATE_FORM)] = UNSET


class Highlight(msgspec.Struct, frozen=True):
    """A stretch of the stored text that answers a query."""

    text: str
    start: int
    end: int


class SearchResult(msgspec.Struct, frozen=True):
    """One line of a search's answer. `score` is 0-100 and compares results of one answer only;
    None where the answer was found by words alone."""

    id: str
    kind: Kind
    title: str | None
    score: float | None
    highlights: list[Highlight]


class SearchResults(msgspec.Struct, frozen=True):
    """What a search found, best first; `degraded` where it is by words alone (`model` is null then), while the database
    is filled again from the topics, or documents that an earlier version stored are not ready to be found yet."""

    results: list[SearchResult]
    degraded: bool
    model: str | None
    read_as: ReadAs
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


class SimilarDocument(msgspec.Struct, frozen=True):
    """A document that is like another one of its kind. `score` is 0-100 with one decimal: 100 is the same text."""

    id: str
    title: str | None
    score: float


class SimilarDocuments(msgspec.Struct, frozen=True):
    """The documents most alike, best first; `degraded` as for matches."""

    results: list[SimilarDocument]
    degraded: bool


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

    documents: int


class ActiveSpace(msgspec.Struct, frozen=True):
    """The space that answers are made of."""

    space: str
    model: str
    dimension: int


class Figures(msgspec.Struct, frozen=True):
    """Documents of the tenant by kind and status; `space` is null before the first worker registered one.
    `lag`: records that matching has not worked on yet, per topic."""

    documents: dict[str, dict[str, int]]
    space: ActiveSpace | None
    lag: dict[str, int]
