"""The bodies of requests and answers as the API description shows them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from libs.contracts.identifiers import Kind

VisibleStatus = Literal["queued", "parsed", "indexed", "failed"]


class Links(msgspec.Struct):
    """Where to look next."""

    self: str


class Accepted(msgspec.Struct):
    """A document was taken in; its status tells when it is indexed. `revision` is this submission's."""

    id: str
    kind: Kind
    status: Literal["queued"]
    revision: str
    links: Links


class ErrorBody(msgspec.Struct):
    """Why a document failed: a stable code and a sentence."""

    code: str
    message: str


class EmbeddingInfo(msgspec.Struct):
    """What the document was embedded with."""

    model: str
    dimension: int
    space: str
    windows: int
    units: int


class DocumentSummary(msgspec.Struct, kw_only=True):
    """A document in a list. `status`, `error` and `revision` speak of the newest submission, the rest of the last
    indexed one."""

    id: str
    kind: Kind
    status: VisibleStatus
    error: ErrorBody | None
    revision: str
    title: str | None
    metadata: dict[str, Any] | None
    created_at: str
    updated_at: str
    indexed_at: str | None
    indexed_revision: str | None
    embedding: EmbeddingInfo | None


class ResumeDocument(DocumentSummary, kw_only=True):
    """A resume with its stored text."""

    text: str | None


class JobDocument(DocumentSummary, kw_only=True):
    """A job with its stored text, and description and requirements as they were given."""

    text: str | None
    description: str | None
    requirements: str | list[str] | None


class ResumePage(msgspec.Struct):
    """Resumes; `next_cursor` is null at the end."""

    items: list[DocumentSummary]
    next_cursor: str | None


class JobSummary(DocumentSummary, kw_only=True):
    """A job in a list."""

    description: str | None
    requirements: str | list[str] | None


class JobPage(msgspec.Struct):
    """Jobs; `next_cursor` is null at the end."""

    items: list[JobSummary]
    next_cursor: str | None


class ReceiptLinks(msgspec.Struct):
    """Where the receipt is."""

    receipt: str


class Deleted(msgspec.Struct):
    """A document was deleted; the receipt tells what is done in which store."""

    links: ReceiptLinks


class CalculateBody(msgspec.Struct):
    """A pair to score."""

    job_id: str
    resume_id: str


class Evidence(msgspec.Struct):
    """A place in a resume that answers a requirement; offsets count Unicode code points of the stored text."""

    text: str
    start: int
    end: int
    similarity: float | None


class Requirement(msgspec.Struct):
    """Something that a job asks for, and how the resume answers it."""

    text: str
    start: int
    end: int
    necessity: Literal["must", "nice"]
    status: Literal["met", "partial", "missing"]
    similarity: float | None
    evidence: list[Evidence]


class Calculation(msgspec.Struct):
    """A pair's score, 0 to 100 with one decimal, or null where there is too little text."""

    job_id: str
    resume_id: str
    score: float | None
    status: Literal["scored", "insufficient_data"]
    components: dict[str, Any]
    requirements: list[Requirement]
    model: str
    scoring_version: str


class Highlight(msgspec.Struct):
    """A place in a found document."""

    text: str
    start: int
    end: int


class SearchResult(msgspec.Struct):
    """A found document; scores compare results of one answer only."""

    id: str
    kind: Kind
    title: str | None
    score: float | None
    highlights: list[Highlight]


class SearchResults(msgspec.Struct):
    """What a search found; `degraded` where it is by words alone."""

    results: list[SearchResult]
    degraded: bool
    model: str | None


class Match(msgspec.Struct):
    """A ranked counterpart, as in calculate but shorter."""

    id: str
    title: str | None
    score: float | None


class Matches(msgspec.Struct):
    """Ranked counterparts; `unscored` counts those with too little text."""

    results: list[Match]
    unscored: int
    degraded: bool


class Reembedding(msgspec.Struct):
    """How many stored documents are being sent through the model again."""

    documents: int


class DetailedHealth(msgspec.Struct):
    """Every part with its status and latency, and the records not yet worked on, per topic."""

    status: Literal["ok", "degraded", "down"]
    at: str
    parts: dict[str, Any]
    lag: dict[str, int] | None
