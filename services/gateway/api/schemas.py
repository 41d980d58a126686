"""The bodies of requests and answers that the gateway adds to those of the inner contract."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from libs.contracts.documents import MAX_FILE_BYTES, DocumentError
from libs.contracts.erasures import Receipt
from libs.contracts.identifiers import Kind
from libs.contracts.inner.documents import METADATA_FORM, Requirements
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


class ResumeBody(msgspec.Struct, omit_defaults=True):
    """A resume as text. A JSON Resume (jsonresume.org) is taken in its place, as it is."""

    text: str
    id: str | None = None
    metadata: GivenMetadata = None
    expires_at: GivenEnd = UNSET


class JobBody(msgspec.Struct, omit_defaults=True):
    """A job; any field may be empty, together they must hold text, plain or HTML. `text` means `description`."""

    id: str | None = None
    title: str | None = None
    description: str | None = None
    requirements: Requirements | None = None
    text: str | None = None
    metadata: GivenMetadata = None
    expires_at: GivenEnd = UNSET
    state: GivenState = UNSET


class Upload(msgspec.Struct, omit_defaults=True):
    """A form with a file; `metadata` is JSON, `expires_at` RFC 3339 with an offset, `state` a job's."""

    file: FileField
    id: str | UnsetType = UNSET
    metadata: Annotated[str, msgspec.Meta(description="JSON")] | UnsetType = UNSET
    expires_at: str | UnsetType = UNSET
    state: Annotated[Literal["open", "closed"], msgspec.Meta(description="Of a job alone")] | UnsetType = UNSET


class Links(msgspec.Struct):
    """Where to look next."""

    self: str


class Accepted(msgspec.Struct):
    """A document was accepted; its status tells when it is indexed. `revision` is this submission's."""

    id: str
    kind: Kind
    status: Literal["queued"]
    revision: str
    links: Links


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

    id: str
    kind: Kind
    metadata_revision: str
    links: Links


class KeyOrder(msgspec.Struct, omit_defaults=True):
    """A key to be made; without a tenant it is the caller's own. `admin` holds `read` and `write`."""

    scopes: Annotated[list[str], msgspec.Meta(min_length=1, max_length=10, description="read, write, admin, identify")]
    tenant: str | None = None
    name: str = ""
    expires_at: Annotated[str, msgspec.Meta(description="RFC 3339")] | None = None


class KeyView(msgspec.Struct):
    """A key without its secret; times in RFC 3339. `prefix` is how the key begins; `last_used_at` is a minute exact."""

    id: str
    tenant: str
    scopes: list[str]
    name: str
    prefix: str
    created_at: str
    created_by: Annotated[str, msgspec.Meta(description="the id of the key that made it")]
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class MadeKey(KeyView, kw_only=True):
    """A new key: the only time that `key` is shown."""

    key: str


class KeyViews(msgspec.Struct):
    """Keys, the oldest first."""

    items: list[KeyView]


class MadeTicket(msgspec.Struct):
    """A ticket for one event stream: the only time that it is shown. `expires_at` is RFC 3339."""

    ticket: str
    expires_at: str


class ReceiptLinks(msgspec.Struct, frozen=True):
    """Where the receipt is."""

    receipt: str


class Deleted(msgspec.Struct):
    """A document was deleted; the receipt tells what is done in which store."""

    links: ReceiptLinks


class Erased(Receipt, frozen=True, kw_only=True):
    """A document was deleted, and all that can be done in the stores is done: its receipt."""

    links: ReceiptLinks


class NotIndexedProblem(ProblemBody, kw_only=True):
    """409 where a document is known but not indexed (`not_indexed`): which, and its status."""

    document: NamedDocument | UnsetType = UNSET


class FailedProblem(ProblemBody, kw_only=True):
    """422: the document failed while its caller waited, with its `error`; or the Idempotency-Key was used for another
    request (`idempotency_key_used`), without what follows."""

    error: DocumentError | UnsetType = UNSET
    id: str | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    revision: str | UnsetType = UNSET
    links: Links | UnsetType = UNSET


class UnavailableProblem(ProblemBody, kw_only=True):
    """503; `id` where the document may have reached the broker: sending it again with PUT under this id is safe."""

    id: str | UnsetType = UNSET
