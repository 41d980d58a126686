"""From a request with a document to its answer: read, submit, and wait where the caller prefers to."""

from __future__ import annotations

from litestar import Response

from libs.contracts.documents import DocumentError
from libs.contracts.errors import DependencyUnavailable, ErrorCode
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.documents import Document
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from services.gateway.api import PREFIX
from services.gateway.api.bodies import AnyRequest, key_of, new_id, read_submission
from services.gateway.api.conditions import check_conditions, tag_of
from services.gateway.api.idempotent import idempotency_key, once
from services.gateway.api.schemas import Accepted, Links
from services.gateway.documents.submitting import Submission
from services.gateway.documents.waiting import preferred_wait
from services.gateway.idempotency.once import derived_id
from services.gateway.problems import Problem, failed_document
from services.gateway.service import Gateway

Taken = Response[Accepted | Document]
"""The answer to a submission."""


async def submit(request: AnyRequest, gateway: Gateway, kind: Kind, document_id: str | None) -> Taken:
    """Answers POST (without `document_id`) and PUT of a document."""
    if document_id is not None:
        key_of(request.user.tenant, kind, document_id)
    submission = await read_submission(request, kind, gateway.max_chars, raw_files=document_id is not None)
    key = _key(request, kind, document_id, submission)

    async def work(event_id: str | None) -> Taken:
        await check_conditions(request, gateway.reading, key)
        is_named = document_id is not None or submission.id is not None
        return await _submit(request, gateway, key, submission, is_named=is_named, event_id=event_id)

    return await once(request, gateway, key, _asked(submission), work)


async def _submit(
    request: AnyRequest,
    gateway: Gateway,
    key: DocumentKey,
    submission: Submission,
    *,
    is_named: bool,
    event_id: str | None,
) -> Taken:
    seconds = wait_of(request)
    replaces = seconds is not None and is_named and await _is_there(gateway, key)
    headers = {"Location": self_link(key)}
    if seconds is None:
        return _accepted(key, await gateway.submitting.submit(key, submission, event_id), headers)
    headers["Preference-Applied"] = f"wait={seconds}"
    with gateway.waiting.reports_of(key) as reports:
        revision = await gateway.submitting.submit(key, submission, event_id)
        ended = await gateway.waiting.until_ended(reports, revision, seconds)
    if ended is None:
        return _accepted(key, revision, headers)
    return await _ended(gateway, key, ended, revision, replaces, headers)


def _asked(submission: Submission) -> tuple[bytes | str | None, ...]:
    """What a submission is, whatever the form's boundaries were."""
    rest = (submission.id, submission.content_type, submission.filename, submission.metadata, submission.standing)
    return submission.value, repr(rest)


def wait_of(request: AnyRequest) -> int | None:
    """Seconds that the caller prefers to wait."""
    return preferred_wait(",".join(request.headers.getall("prefer", [])))


def self_link(key: DocumentKey) -> str:
    """The document's own address."""
    return f"{PREFIX}/{key.kind}s/{key.id}"


def key_of_new(tenant: str, kind: Kind, submission: Submission) -> DocumentKey:
    """The key of a document that is not named by an address. Raises Problem (`invalid_id`)."""
    return key_of(tenant, kind, new_id() if submission.id is None else submission.id, pointer="/id")


def _key(request: AnyRequest, kind: Kind, document_id: str | None, submission: Submission) -> DocumentKey:
    tenant = request.user.tenant
    if document_id is None:
        id = _made_id(request, kind) if submission.id is None else submission.id
        return key_of(tenant, kind, id, pointer="/id")
    if submission.id not in (None, document_id):
        raise Problem(
            "invalid_id", f"the body's id {submission.id!r:.100} is not the address's {document_id!r}", pointer="/id"
        )
    return key_of(tenant, kind, document_id)


def _made_id(request: AnyRequest, kind: Kind) -> str:
    """An id where the caller named none: with an Idempotency-Key always the same."""
    name = idempotency_key(request)
    return new_id() if name is None else derived_id(request.user.tenant, kind, name)


async def _is_there(gateway: Gateway, key: DocumentKey) -> bool:
    try:
        return await gateway.reading.exists(key)
    except (DependencyUnavailable, Problem):
        return False  # decides between 200 and 201 only


async def _ended(
    gateway: Gateway, key: DocumentKey, ended: StatusEvent, revision: Revision, replaces: bool, headers: dict[str, str]
) -> Taken:
    if ended.status is Status.ERASED:
        raise Problem("erased", f"{key.kind} {key.id} was deleted while you waited", headers=headers)
    if ended.status is Status.FAILED:
        error = ended.error or DocumentError(ErrorCode.INTERNAL, "it failed without a reason")
        named = {"id": key.id, "kind": key.kind, "revision": ended.revision, "links": {"self": self_link(key)}}
        raise failed_document(error, named, headers)
    try:
        document = await gateway.reading.document(key)
    except DependencyUnavailable:
        return _accepted(key, revision, headers)  # indexed, but it can't be shown at the moment
    return Response(document, status_code=200 if replaces else 201, headers={**headers, "ETag": tag_of(document)})


def _accepted(key: DocumentKey, revision: Revision, headers: dict[str, str]) -> Taken:
    accepted = Accepted(key.id, key.kind, "queued", str(revision), Links(self_link(key)))
    return Response(accepted, status_code=202, headers=headers)
