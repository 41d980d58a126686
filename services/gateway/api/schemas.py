"""The bodies of requests and answers that the gateway adds to those of the inner contract."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.documents import MAX_FILE_BYTES, DocumentError
from libs.contracts.erasures import Receipt
from libs.contracts.inner.documents import METADATA_FORM, Requirements
from libs.contracts.inner.fields import DocumentId, DocumentKind, RevisionText
from libs.contracts.inner.problems import NamedDocument
from services.gateway.problems import ProblemBody

FILE_FORM = {"type": "string", "format": "binary"}
FileField = Annotated[
    Any,
    msgspec.Meta(
        description=f"PDF, DOCX, HTML, JSON or plain text, at most {MAX_FILE_BYTES} bytes.",
        extra_json_schema=FILE_FORM,
    ),
]


# Taken as it comes and checked afterwards, so that a wrong one is refused as `invalid_metadata`.
GivenMetadata = Annotated[
    Any,
    msgspec.Meta(
        description=f'{METADATA_FORM} `as_of`, where it is a day `YYYY-MM-DD`, says what "present" means in the text.',
        extra_json_schema={"type": ["object", "null"]},
    ),
]


# Taken as they come as well, to be refused as `invalid_expires_at` and `invalid_state`.
GivenEnd = Annotated[
    Any,
    msgspec.Meta(
        description="When the document is erased by itself: RFC 3339 with an offset. Without it an earlier one stays, "
        "null takes it back",
        extra_json_schema={"type": ["string", "null"], "format": "date-time"},
    ),
]
GivenState = Annotated[
    Any,
    msgspec.Meta(
        description="Closed jobs are left out of rankings and searches. Without it a job stays as it is, at first "
        "open; null means open",
        extra_json_schema={"enum": ["open", "closed", None]},
    ),
]


_OWN_ID = Meta(description="Your own id: 1 to 200 of `A-Z a-z 0-9 . _ ~ : @ + -`; without it, one is made")
OwnId = Annotated[str | None, _OWN_ID]


class ResumeBody(msgspec.Struct, omit_defaults=True):
    """A resume as text. A JSON Resume (jsonresume.org) is taken in its place, as it is."""

    text: Annotated[str, Meta(description="The text of the resume, plain, with its line breaks")]
    id: OwnId = None
    metadata: GivenMetadata = None
    expires_at: GivenEnd = UNSET


class JobBody(msgspec.Struct, omit_defaults=True):
    """A job; any field may be empty, together they must hold text, plain or HTML. `text` means `description`."""

    id: OwnId = None
    title: Annotated[str | None, Meta(description="What the job is called")] = None
    description: Annotated[str | None, Meta(description="What the job is, plain or HTML")] = None
    requirements: Annotated[
        Requirements | None, Meta(description="What the job asks for: a text, or a list of texts")
    ] = None
    text: Annotated[str | None, Meta(description="Another name for `description`; one of both")] = None
    metadata: GivenMetadata = None
    expires_at: GivenEnd = UNSET
    state: GivenState = UNSET


class Upload(msgspec.Struct, omit_defaults=True):
    """A form with a file; `metadata` is JSON, `expires_at` RFC 3339 with an offset, `state` a job's."""

    file: FileField
    id: Annotated[str, _OWN_ID] | UnsetType = UNSET
    metadata: Annotated[str, Meta(description=f"As JSON: {METADATA_FORM}")] | UnsetType = UNSET
    expires_at: Annotated[
        str | UnsetType,
        Meta(
            description="When the document is erased by itself, RFC 3339 with an offset; empty takes an earlier one "
            "back"
        ),
    ] = UNSET
    state: (
        Annotated[
            Literal["open", "closed"],
            msgspec.Meta(description="Of a job alone: closed ones are left out of rankings and searches"),
        ]
        | UnsetType
    ) = UNSET


class Links(msgspec.Struct):
    """Where to look next."""

    self: Annotated[str, Meta(description="The address of the document")]


class Accepted(msgspec.Struct):
    """A document was accepted; its status tells when it is indexed. `revision` is this submission's."""

    id: DocumentId
    kind: DocumentKind
    status: Annotated[Literal["queued"], Meta(description="Always `queued`: what comes of it is told by the document")]
    revision: RevisionText
    links: Annotated[Links, Meta(description="Where to look next")]


class ResumeChangeBody(msgspec.Struct):
    """A JSON merge patch (RFC 7396) that names one at least: of the metadata a value replaces what stands under its
    name, null removes it, other names stay as they are."""

    metadata: Annotated[
        Any,
        msgspec.Meta(
            description="A value for each name to be set, null for each to be removed",
            extra_json_schema={"type": "object"},
        ),
    ] = UNSET
    expires_at: GivenEnd = UNSET


class JobChangeBody(ResumeChangeBody):
    """The same of a job, which has a state too."""

    state: GivenState = UNSET


class Changed(msgspec.Struct):
    """A change of metadata was accepted; it is applied once the document's `metadata_revision` is this or a later."""

    id: DocumentId
    kind: DocumentKind
    metadata_revision: Annotated[
        str,
        Meta(
            description="The revision of this change: it is applied once the document's `metadata_revision` is this "
            "or a later one"
        ),
    ]
    links: Annotated[Links, Meta(description="Where to look next")]


class KeyOrder(msgspec.Struct, omit_defaults=True):
    """A key to be made; without a tenant it is the caller's own. `admin` holds `read` and `write`."""

    scopes: Annotated[
        list[str],
        msgspec.Meta(
            min_length=1, max_length=10, description="What it may: `read`, `write`, `admin` (holds both), `identify`"
        ),
    ]
    tenant: Annotated[str | None, Meta(description="Whose key it is to be; without it, the caller's own tenant's")] = (
        None
    )
    name: Annotated[str, Meta(description="What it is for: at most 200 printable characters")] = ""
    expires_at: Annotated[
        str | None, Meta(description="When it stops opening anything, RFC 3339; without it, never")
    ] = None


class KeyView(msgspec.Struct):
    """A key without its secret; times in RFC 3339. `prefix` is how the key begins; `last_used_at` is a minute exact."""

    id: Annotated[str, Meta(description="The key's public id, which opens nothing")]
    tenant: Annotated[str, Meta(description="Whose key it is")]
    scopes: Annotated[list[str], Meta(description="What it may: `read`, `write`, `admin`, `identify`")]
    name: Annotated[str, Meta(description="What it is for, as whoever made it wrote")]
    prefix: Annotated[str, Meta(description="How the key begins, to tell it by")]
    created_at: Annotated[str, Meta(description="When it was made, RFC 3339")]
    created_by: Annotated[
        str, msgspec.Meta(description="The public id of the key that made it, `bootstrap` for the operator's")
    ]
    expires_at: Annotated[
        str | None, Meta(description="When it stops opening anything, RFC 3339; null where it does not by itself")
    ]
    revoked_at: Annotated[str | None, Meta(description="When it was revoked, RFC 3339; null where it was not")]
    last_used_at: Annotated[
        str | None, Meta(description="When it was last used, RFC 3339, to the minute; null where it never was")
    ]


class MadeKey(KeyView, kw_only=True):
    """A new key: the only time that `key` is shown."""

    key: Annotated[str, Meta(description="The key itself: `sl_`, its id and a secret. It is never shown again")]


class KeyViews(msgspec.Struct):
    """Keys, the oldest first."""

    items: Annotated[list[KeyView], Meta(description="The keys, the oldest first")]


class MadeTicket(msgspec.Struct):
    """A ticket for one event stream: the only time that it is shown. `expires_at` is RFC 3339."""

    ticket: Annotated[str, Meta(description="The ticket, for `GET /events?ticket=`")]
    expires_at: Annotated[str, Meta(description="Until when it opens a stream, RFC 3339: a minute from now")]


class ReceiptLinks(msgspec.Struct, frozen=True):
    """Where the receipt is."""

    receipt: Annotated[str, Meta(description="The address of the receipt")]


class Deleted(msgspec.Struct):
    """A document was deleted; the receipt tells what is done in which store."""

    links: Annotated[ReceiptLinks, Meta(description="Where to look next")]


class Erased(Receipt, frozen=True, kw_only=True):
    """A document was deleted, and all that can be done in the stores is done: its receipt."""

    links: Annotated[ReceiptLinks, Meta(description="Where to look next")]


class NotIndexedProblem(ProblemBody, kw_only=True):
    """409 where a document is known but not indexed (`not_indexed`): which, and its status."""

    document: Annotated[NamedDocument | UnsetType, Meta(description="The document at fault, where one is known")] = (
        UNSET
    )


class FailedProblem(ProblemBody, kw_only=True):
    """422: the document failed while its caller waited, with its `error`; or the Idempotency-Key was used for another
    request (`idempotency_key_used`), without what follows."""

    error: Annotated[DocumentError | UnsetType, Meta(description="Why it failed")] = UNSET
    id: DocumentId | UnsetType = UNSET
    kind: DocumentKind | UnsetType = UNSET
    revision: RevisionText | UnsetType = UNSET
    links: Annotated[Links | UnsetType, Meta(description="Where to look next")] = UNSET


class UnavailableProblem(ProblemBody, kw_only=True):
    """503; `id` where the document may have reached the broker: sending it again with PUT under this id is safe."""

    id: Annotated[
        str | UnsetType,
        Meta(
            description="The id of the document that may have reached the broker: send it again with PUT under this id"
        ),
    ] = UNSET
