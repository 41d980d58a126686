"""From a request to delete a document to its answer."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response

from libs.contracts.identifiers import DocumentKey, Kind
from services.gateway.api import PREFIX
from services.gateway.api.bodies import AnyRequest, key_of
from services.gateway.api.conditions import check_conditions
from services.gateway.api.idempotent import once
from services.gateway.api.schemas import Deleted, Erased, ReceiptLinks
from services.gateway.api.submit import wait_of
from services.gateway.problems import Problem
from services.gateway.service import Gateway


async def delete_document(
    request: AnyRequest, gateway: Gateway, kind: Kind, document_id: str
) -> Response[Deleted | Erased]:
    """Answers DELETE of a document."""
    key = key_of(request.user.tenant, kind, document_id)

    async def work(event_id: str | None) -> Response[Deleted | Erased]:
        await check_conditions(request, gateway.reading, key)
        if not await gateway.reading.exists(key):
            raise Problem("not_found", f"there is no {kind} with the id {document_id}")
        return await _delete(request, gateway, key, event_id)

    return await once(request, gateway, key, (), work)


async def _delete(
    request: AnyRequest, gateway: Gateway, key: DocumentKey, event_id: str | None
) -> Response[Deleted | Erased]:
    made = await gateway.deleting.delete(key, event_id)
    links = ReceiptLinks(f"{PREFIX}/erasures/{made}")
    headers = {"Location": links.receipt}
    seconds = wait_of(request)
    if seconds is None:
        return Response(Deleted(links), status_code=202, headers=headers)
    headers["Preference-Applied"] = f"wait={seconds}"
    done = await gateway.waiting.until_erased(key.tenant, made, seconds)
    if done is None:
        return Response(Deleted(links), status_code=202, headers=headers)
    fields: dict[str, Any] = msgspec.structs.asdict(done)
    return Response(Erased(**fields, links=links), status_code=200, headers=headers)
