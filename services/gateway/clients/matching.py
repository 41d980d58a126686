"""What the gateway asks of matching, call by call.

Every method raises DependencyUnavailable while matching is away, MatchingRefusal where it answers 4xx.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

import httpx
import msgspec

from libs.contracts.erasures import Receipt
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.revision import Revision
from services.gateway.problems import MatchingRefusal

TENANT_HEADER = "Shortlist-Tenant"
_PASSED_ON = ("retry-after",)


class HttpClient(Protocol):
    """What is needed of libs.resilience.inner_client.InnerClient."""

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
        repeatable: bool = False,
    ) -> httpx.Response: ...


class MatchingClient:
    """Matching over its inner HTTP. Safe for concurrent use; each call has the client's deadline."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    async def document(self, key: DocumentKey) -> dict[str, Any] | None:
        """The document as the contract shows it; None where matching knows of none."""
        return await self._or_none(key.tenant, f"/documents/{key.kind}/{quote(key.id, safe='')}")

    async def documents(self, tenant: str, kind: Kind, params: Mapping[str, str]) -> dict[str, Any]:
        """A page: `items`, `next_cursor`. `params`: limit, cursor, status."""
        return await self._object(tenant, "GET", f"/documents/{kind}", params=params)

    async def matches(self, key: DocumentKey, limit: int) -> dict[str, Any]:
        """The ranked counterparts of a document."""
        path = f"/documents/{key.kind}/{quote(key.id, safe='')}/matches"
        return await self._object(key.tenant, "GET", path, params={"limit": str(limit)})

    async def calculate(self, tenant: str, job_id: str, resume_id: str) -> dict[str, Any]:
        """The score of a pair, from what is stored."""
        return await self._object(
            tenant, "POST", "/calculate", json={"job_id": job_id, "resume_id": resume_id}, repeatable=True
        )

    async def search(self, tenant: str, body: dict[str, Any]) -> dict[str, Any]:
        """A search by free text. `body`: query, kind, limit."""
        return await self._object(tenant, "POST", "/search", json=body, repeatable=True)

    async def note_statuses(self, tenant: str, events: Sequence[StatusEvent]) -> None:
        """Writes statuses straight into matching's table, so that they outlive the try-out broker."""
        answer = await self._request(tenant, "POST", "/statuses", json=msgspec.to_builtins(list(events)))
        _accepted(answer)

    async def erase(self, key: DocumentKey, revision: Revision) -> dict[str, Any]:
        """Erases a document at once; returns the receipt."""
        body = {"kind": key.kind, "id": key.id, "revision": str(revision)}
        return await self._object(key.tenant, "POST", "/erasures", json=body)

    async def receipt(self, tenant: str, receipt_id: str) -> Receipt | None:
        """What is done of an erasure, per store; None where matching knows of none."""
        found = await self._or_none(tenant, f"/erasures/{quote(receipt_id, safe='')}")
        try:
            return None if found is None else msgspec.convert(found, Receipt)
        except msgspec.ValidationError as error:
            raise DependencyUnavailable("matching", f"its answer is no receipt: {error}") from error

    async def reembed(self, tenant: str) -> dict[str, Any]:
        """Sends every stored text through the model again."""
        return await self._object(tenant, "POST", "/reembed")

    async def figures(self, tenant: str) -> dict[str, Any]:
        """How many documents the database holds, by kind and status."""
        return await self._object(tenant, "GET", "/figures", timeout_seconds=3.0)

    async def ready(self) -> dict[str, Any]:
        """What matching says of its own readiness. Raises DependencyUnavailable where it is not ready."""
        answer = await self._client.request("GET", "/health/ready", timeout_seconds=3.0)
        return _json_object(_accepted(answer))

    async def _or_none(self, tenant: str, path: str) -> dict[str, Any] | None:
        answer = await self._request(tenant, "GET", path)
        return None if answer.status_code == 404 else _json_object(_accepted(answer))

    async def _object(self, tenant: str, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        return _json_object(_accepted(await self._request(tenant, method, path, **kwargs)))

    async def _request(self, tenant: str, method: str, path: str, **kwargs: Any) -> httpx.Response:
        return await self._client.request(method, path, headers={TENANT_HEADER: tenant}, **kwargs)


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.status_code < 400:
        return answer
    try:
        body = answer.json()
    except ValueError:
        body = {}
    headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
    raise MatchingRefusal(answer.status_code, body if isinstance(body, dict) else {}, headers)


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise DependencyUnavailable("matching", f"its answer is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise DependencyUnavailable("matching", "its answer is not a JSON object")
    return body
