"""A document as matching shows it, and the gateway after it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.documents import DocumentError, Note
from libs.contracts.identifiers import Kind
from libs.contracts.inner.fields import (
    Dimension,
    DocumentId,
    DocumentKind,
    ModelName,
    NextCursor,
    RevisionText,
    SpaceName,
    Title,
)
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
StoredText = Annotated[
    str | None, Meta(description="The stored text, which all offsets count in; null before the first is indexed")
]
Sections = Annotated[list[Section], Meta(description="The parts of the text under their headings")]
IdentitySpans = Annotated[
    list[IdentitySpan],
    Meta(
        description="The stretches that tell who a person is: neither embedded nor scored. Empty for keys without the "
        "scope `identify`, to whom the text is masked there"
    ),
]
Mentions = Annotated[list[Mention], Meta(description="Skills, licences, languages and degrees that the text names")]
DisclaimedSpans = Annotated[
    list[DisclaimedSpan],
    Meta(description="The stretches that say what somebody has not, or is not asked for: neither embedded nor scored"),
]
Notes = Annotated[list[Note], Meta(description="What was left out of the file, or is doubtful in it, and why")]
OnlyStatuses = Annotated[
    bool,
    Meta(
        description="True where matching could not be asked: only what the gateway knows of it by its statuses is shown"
    ),
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

    model: ModelName
    dimension: Dimension
    space: SpaceName
    windows: Annotated[
        int, Meta(description="Into how many windows the text was cut: stretches of the model's limit at most")
    ]
    units: Annotated[int, Meta(description="Into how many units: sentences and list items")]


class DocumentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A document in a list. `status`, `error` and `revision` speak of the newest submission, the rest of the last
    indexed one. Times are RFC 3339. What has offsets into the text (sections, identity spans, entries, mentions,
    disclaimed spans, requirements found) stands with the text alone, where one document is read."""

    id: DocumentId
    kind: DocumentKind
    status: Annotated[VisibleStatus, Meta(description="Where the newest submission stands")]
    error: Annotated[DocumentError | None, Meta(description="Why the newest submission failed; null where it did not")]
    revision: RevisionText
    title: Title
    language: Language
    as_of: AsOf
    metadata: MetadataField
    metadata_revision: MetadataRevision
    expires_at: ExpiresAt
    created_at: Annotated[str, Meta(description="When it was first submitted, RFC 3339")]
    updated_at: Annotated[str, Meta(description="When what is shown of it last changed, RFC 3339")]
    indexed_at: Annotated[
        str | None, Meta(description="When the text shown here was indexed, RFC 3339; null before the first is")
    ]
    indexed_revision: Annotated[
        str | None,
        Meta(
            description="The revision of the text shown here, which is older than `revision` while a newer one is on "
            "its way or has failed; null before the first is indexed"
        ),
    ]
    embedding: Annotated[
        EmbeddingInfo | None, Meta(description="What the text was embedded with; null before the first is indexed")
    ]


class JobSummary(DocumentSummary, frozen=True, kw_only=True):
    """A job in a list, with description and requirements as they were given (null for a file)."""

    description: Annotated[str | None, Meta(description="The description as it was given; null for a file")]
    requirements: Annotated[
        Requirements | None,
        Meta(description="The requirements as they were given; null for a file, and where none were"),
    ]
    state: JobState


class ResumeDocument(DocumentSummary, frozen=True, kw_only=True):
    """A resume with its stored text and what was found in it; `start` and `end` count code points of the text. Empty
    lists before the first text is indexed. Only the gateway says `degraded`: where matching could not be asked."""

    text: StoredText
    sections: Sections
    identity_spans: IdentitySpans
    entries: Annotated[list[Entry], Meta(description="Positions held and studies")]
    mentions: Mentions
    disclaimed_spans: DisclaimedSpans
    notes: Notes
    structure_version: StructureVersion
    degraded: OnlyStatuses | UnsetType = UNSET


class JobDocument(JobSummary, frozen=True, kw_only=True):
    """A job with its stored text and what was found in it; `start` and `end` count code points of the text. Empty lists
    before the first text is indexed. Only the gateway says `degraded`: where matching could not be asked."""

    text: StoredText
    sections: Sections
    identity_spans: IdentitySpans
    mentions: Mentions
    disclaimed_spans: DisclaimedSpans
    requirements_found: Annotated[
        list[FoundRequirement], Meta(description="What the job asks for, as found in the text")
    ]
    notes: Notes
    structure_version: StructureVersion
    degraded: OnlyStatuses | UnsetType = UNSET


class ResumePage(msgspec.Struct, frozen=True):
    """Resumes; `next_cursor` is null at the end. Either `total` or `total_at_least` is there."""

    items: Annotated[list[DocumentSummary], Meta(description="The resumes, in the order of their ids")]
    next_cursor: NextCursor
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


class JobPage(msgspec.Struct, frozen=True):
    """Jobs; `next_cursor` is null at the end. Either `total` or `total_at_least` is there."""

    items: Annotated[list[JobSummary], Meta(description="The jobs, in the order of their ids")]
    next_cursor: NextCursor
    total: Total = UNSET
    total_at_least: TotalAtLeast = UNSET


Document = ResumeDocument | JobDocument
Page = ResumePage | JobPage
DOCUMENT_OF: dict[Kind, type[Document]] = {"resume": ResumeDocument, "job": JobDocument}
PAGE_OF: dict[Kind, type[Page]] = {"resume": ResumePage, "job": JobPage}
