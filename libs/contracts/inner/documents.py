"""A document as matching shows it, and the gateway after it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts.documents import DocumentError, Note
from libs.contracts.identifiers import Kind
from libs.contracts.standing import State
from libs.contracts.structure import DisclaimedSpan, Entry, IdentitySpan, Mention, Requirement, Section

MAX_PERSON_CHARS = 200
"""Of `q`, by which a list has the resumes of some person alone."""

VisibleStatus = Literal["queued", "parsed", "indexed", "failed"]
METADATA_FORM = "A flat object of at most 50 strings, numbers, booleans or lists of strings; 16 KiB as JSON."
MetadataField = Annotated[dict[str, Any], msgspec.Meta(description=METADATA_FORM)]
Requirements = str | list[str]
Language = Annotated[str | None, msgspec.Meta(description="ISO 639-1; null where it could not be told")]
AsOf = Annotated[
    str | None,
    msgspec.Meta(
        description='The day, `YYYY-MM-DD`, that "present" means in the text: `as_of` of the metadata where that is '
        "such a day, else the day of submission"
    ),
]
MetadataRevision = Annotated[
    str | None,
    msgspec.Meta(
        description="The submission or change of metadata that made the metadata what they are; null where none ever "
        "named any"
    ),
]
ExpiresAt = Annotated[
    str | None,
    msgspec.Meta(
        description="When the document is erased by itself, RFC 3339: as it says itself, else by the days that its "
        "tenant's documents are kept after their last submission; null where it stays"
    ),
]
JobState = Annotated[
    State, msgspec.Meta(description="Rankings and searches leave closed jobs out, unless they are asked for them")
]
StructureVersion = Annotated[
    int | None,
    msgspec.Meta(
        description="The version of what found the structure; 0: the text is older than that and will be looked "
        "through in the background; null before the first is indexed"
    ),
]
Total = Annotated[int | UnsetType, msgspec.Meta(description="How many there are, where they are 10,000 at most")]
TotalAtLeast = Annotated[
    int | UnsetType, msgspec.Meta(description="In place of `total`, where there are more: 10,000, to which is counted")
]


class FoundRequirement(Requirement, frozen=True, kw_only=True):
    """A stretch of a job that asks for something; `parts` where it asks for several things, else empty. How well a
    resume answers it is told by scores and matches."""


class EmbeddingInfo(msgspec.Struct, frozen=True):
    """What the document was embedded with, and into how many windows and units."""

    model: str
    dimension: int
    space: str
    windows: int
    units: int


class DocumentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A document in a list. `status`, `error` and `revision` speak of the newest submission, the rest of the last
    indexed one. Times are RFC 3339. What has offsets into the text (sections, identity spans, entries, mentions,
    disclaimed spans, requirements found) stands with the text alone, where one document is read."""

    id: str
    kind: Kind
    status: VisibleStatus
    error: DocumentError | None
    revision: str
    title: str | None
    language: Language
    as_of: AsOf
    metadata: MetadataField
    metadata_revision: MetadataRevision
    expires_at: ExpiresAt
    created_at: str
    updated_at: str
    indexed_at: str | None
    indexed_revision: str | None
    embedding: EmbeddingInfo | None


class JobSummary(DocumentSummary, frozen=True, kw_only=True):
    """A job in a list, with description and requirements as they were given (null for a file)."""

    description: str | None
    requirements: Requirements | None
    state: JobState


class ResumeDocument(DocumentSummary, frozen=True, kw_only=True):
    """A resume with its stored text and what was found in it; `start` and `end` count code points of the text. Empty
    lists before the first text is indexed. Only the gateway says `degraded`: where matching could not be asked."""

    text: str | None
    sections: list[Section]
    identity_spans: list[IdentitySpan]
    entries: list[Entry]
    mentions: list[Mention]
    disclaimed_spans: list[DisclaimedSpan]
    notes: list[Note]
    structure_version: StructureVersion
    degraded: bool | UnsetType = UNSET


class JobDocument(JobSummary, frozen=True, kw_only=True):
    """A job with its stored text and what was found in it; `start` and `end` count code points of the text. Empty lists
    before the first text is indexed. Only the gateway says `degraded`: where matching could not be asked."""

    text: str | None
    sections: list[Section]
    identity_spans: list[IdentitySpan]
    mentions: list[Mention]
    disclaimed_spans: list[DisclaimedSpan]
    requirements_found: list[FoundRequirement]
    notes: list[Note]
    structure_version: StructureVersion
    degraded: bool | UnsetType = UNSET


class ResumePage(msgspec.Struct, frozen=True):
    """Resumes; `next_cursor` is null at the end. Either `total` or `total_at_least` is there."""

    items: list[DocumentSummary]
    next_cursor: str | None
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


class JobPage(msgspec.Struct, frozen=True):
    """Jobs; `next_cursor` is null at the end. Either `total` or `total_at_least` is there."""

    items: list[JobSummary]
    next_cursor: str | None
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


Document = ResumeDocument | JobDocument
Page = ResumePage | JobPage
DOCUMENT_OF: dict[Kind, type[Document]] = {"resume": ResumeDocument, "job": JobDocument}
PAGE_OF: dict[Kind, type[Page]] = {"resume": ResumePage, "job": JobPage}
