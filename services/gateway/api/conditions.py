"""Answers that a caller may already have (ETag, If-None-Match), and writes that depend on what is there (If-Match).

The tag of a document begins with its revision and that of its metadata: these alone decide whether a write finds what
its sender saw, since status and vectors change without anybody's doing.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.datastructures import Headers
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from libs.contracts.identifiers import DocumentKey
from libs.contracts.inner.documents import DocumentSummary
from services.gateway.api.bodies import AnyRequest
from services.gateway.documents.reading import Reading
from services.gateway.problems import Problem

JSON = "application/json"
# Whoever keeps an answer asks whether it still holds before it is used again.
KEPT_BY_CALLERS = "private, no-cache"
IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED = "If-Match", "If-None-Match", "If-Unmodified-Since"
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name=IF_MATCH,
        description="the `ETag` that the document had when you read it, or `*`: where it has changed meanwhile, or is "
        "not there, nothing is done and the answer is 412. Status and vectors are no change. Two writers at the same "
        "moment may both be answered 202; the later of them stays",
    ),
]
CreateOnly = Annotated[
    str | None,
    HeaderParameter(name=IF_NONE_MATCH, description="`*`: only where there is no such document yet; else 412"),
]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(name=IF_NONE_MATCH, description="the `ETag` of an answer that you have: 304 where it still holds"),
]
NOT_MODIFIED = ResponseSpec(None, description="The answer that you have, by `If-None-Match`, still holds")
_TAGS = re.compile(r'\s*(?:(?:W/)?"[\x21\x23-\x7e]*"\s*,\s*)*(?:W/)?"[\x21\x23-\x7e]*"\s*')
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def shown(request: AnyRequest, content: Any) -> Response[Any]:
    """200 with a tag, or 304 without a body where the caller has this very answer."""
    body = msgspec.json.encode(content)
    tag = tag_of(content, body)
    headers = {"ETag": tag, "Cache-Control": KEPT_BY_CALLERS}
    if _has(request.headers, tag):
        return Response(None, status_code=304, headers=headers)
    return Response(body, media_type=JSON, headers=headers)


def tag_of(content: Any, body: bytes | None = None) -> str:
    """The tag of an answer: its bytes' hash, and of a document before that its revisions."""
    digest = sha256(msgspec.json.encode(content) if body is None else body).hexdigest()[:16]
    if not isinstance(content, DocumentSummary):
        return f'W/"{digest}"'
    return f'"{_revisions_of(content)}.{digest}"'


def has_conditions(headers: Headers) -> bool:
    """Whether a write depends on what is there."""
    return any(name in headers for name in (IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED))


def refuse_conditions(request: AnyRequest) -> None:
    """Raises Problem (`not_supported`) for a condition where many documents are written."""
    for name in (IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED):
        if name in request.headers:
            raise Problem(
                "not_supported", f"{name} is for one document: nothing was done, leave it out here", header=name
            )


async def check_conditions(request: AnyRequest, reading: Reading, key: DocumentKey) -> None:
    """Raises Problem (`precondition_failed`) where a document is not as the caller says, as far as it is known now.

    Two writers at the same moment may both find it so. Raises Problem (`invalid_request`, `not_supported`,
    `unavailable`), DependencyUnavailable.
    """
    if not has_conditions(request.headers):
        return
    if IF_UNMODIFIED in request.headers:
        raise Problem(
            "not_supported", f"{IF_UNMODIFIED} is not built, so nothing was done: send {IF_MATCH} with an ETag"
        )
    wanted, unwanted = _tags(request.headers, IF_MATCH), _tags(request.headers, IF_NONE_MATCH)
    found = await _document(reading, key)
    if wanted is not None and (found is None or not _names(wanted, found)):
        what = f"there is no {key.kind} {key.id}" if found is None else f"{key.kind} {key.id} has changed meanwhile"
        raise _failed(f"{what}, so nothing was done: read it, and write again", found, IF_MATCH)
    if unwanted is not None and found is not None and _names(unwanted, found):
        raise _failed(f"there is a {key.kind} {key.id} already, so nothing was done", found, IF_NONE_MATCH)


async def _document(reading: Reading, key: DocumentKey) -> DocumentSummary | None:
    try:
        return await reading.document(key)
    except Problem as problem:
        if problem.code == "not_found":
            return None
        raise


def _failed(detail: str, found: DocumentSummary | None, header: str) -> Problem:
    headers = {} if found is None else {"ETag": tag_of(found)}
    return Problem("precondition_failed", detail, headers=headers, header=header)


def _has(headers: Headers, tag: str) -> bool:
    tags = _tags(headers, IF_NONE_MATCH, is_lenient=True)
    return tags is not None and ("*" in tags or tag.removeprefix("W/").strip('"') in tags)


def _names(tags: list[str], document: DocumentSummary) -> bool:
    return "*" in tags or any(tag.rpartition(".")[0] == _revisions_of(document) for tag in tags)


def _revisions_of(document: DocumentSummary) -> str:
    return f"{document.revision}.{document.metadata_revision or 0}"


def _tags(headers: Headers, name: str, *, is_lenient: bool = False) -> list[str] | None:
    """The tags that a header names, without quotes; None where it is not there. Raises Problem (`invalid_request`)."""
    given = ",".join(headers.getall(name, []))
    if not given:
        return None
    if given.strip() == "*":
        return ["*"]
    if _TAGS.fullmatch(given) is None:
        if is_lenient:  # a reader is simply shown the answer
            return []
        raise Problem(
            "invalid_request", f'{name} must be * or tags in quotes, as the ETag of a document: "…"', header=name
        )
    return [tag for _, tag in _TAG.findall(given)]
