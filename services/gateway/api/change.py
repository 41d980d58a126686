"""From a request that changes metadata and standing alone to its answer."""

from __future__ import annotations

from litestar import Response

from libs.contracts.documents import DocumentError
from libs.contracts.errors import ErrorCode
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner.documents import Document
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from services.gateway.api.bodies import AnyRequest, key_of, read_change
from services.gateway.api.conditions import check_conditions, tag_of
from services.gateway.api.idempotent import once
from services.gateway.api.schemas import Changed, Links
from services.gateway.api.submit import self_link, wait_of
from services.gateway.documents.changing import Change
from services.gateway.problems import Problem, failed_document
from services.gateway.service import Gateway


async def change(request: AnyRequest, gateway: Gateway, kind: Kind, document_id: str) -> Response[Changed | Document]:
    """Answers PATCH of a document."""
    key = key_of(request.user.tenant, kind, document_id)
    wanted = await read_change(await request.body(), request.content_type[0], kind)

    async def work(event_id: str | None) -> Response[Changed | Document]:
        await check_conditions(request, gateway.reading, key)
        return await _change(request, gateway, key, wanted, event_id)

    return await once(request, gateway, key, (repr(wanted),), work)


async def _change(
    request: AnyRequest, gateway: Gateway, key: DocumentKey, wanted: Change, event_id: str | None
) -> Response[Changed | Document]:
    seconds = wait_of(request)
    headers = {"Location": self_link(key)}
    if seconds is None:
        return _accepted(key, await gateway.changing.change(key, wanted, event_id), headers)
    headers["Preference-Applied"] = f"wait={seconds}"
    with gateway.waiting.reports_of(key) as reports:
        revision = await gateway.changing.change(key, wanted, event_id)
        ended = await gateway.changing.until_applied(key, revision, reports, seconds)
    if ended is None:
        return _accepted(key, revision, headers)
    if isinstance(ended, StatusEvent):
        raise _problem(key, ended, headers)
    return Response(ended, status_code=200, headers={**headers, "ETag": tag_of(ended)})


def _problem(key: DocumentKey, ended: StatusEvent, headers: dict[str, str]) -> Exception:
    if ended.status is Status.ERASED:
        return Problem("erased", f"{key.kind} {key.id} was deleted while you waited", headers=headers)
    error = ended.error or DocumentError(ErrorCode.INTERNAL, "it failed without a reason")
    named = {"id": key.id, "kind": key.kind, "revision": ended.revision, "links": {"self": self_link(key)}}
    return failed_document(error, named, headers)


def _accepted(key: DocumentKey, revision: Revision, headers: dict[str, str]) -> Response[Changed | Document]:
    changed = Changed(key.id, key.kind, str(revision), Links(self_link(key)))
    return Response(changed, status_code=202, headers=headers)
