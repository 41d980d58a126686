"""How a service refuses: RFC 9457 problem details."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from libs.contracts.inner.fields import DocumentId, DocumentKind

PROBLEM_JSON: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:shortlist:problem:"


class NamedDocument(msgspec.Struct, frozen=True):
    """The document that a refusal is about, with its status."""

    kind: DocumentKind
    id: DocumentId
    status: Annotated[str, Meta(description="Where it stands: `queued`, `parsed` or `failed`")]


class InnerProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal between services. `type` is `urn:shortlist:problem:CODE`, `title` the code alone.

    `document` stands where the code is not_indexed.
    """

    type: str
    title: str
    status: int
    detail: str
    document: NamedDocument | UnsetType = UNSET


def problem(status: int, code: str, detail: str, document: NamedDocument | UnsetType = UNSET) -> InnerProblem:
    """A refusal with this HTTP status and code; `detail` is a sentence for the person who must act."""
    return InnerProblem(type=TYPE_PREFIX + code, title=code, status=status, detail=detail, document=document)
