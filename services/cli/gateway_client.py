"""The gateway as the command sees it: its public REST API, nothing else."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from libs.contracts.identifiers import Kind
from libs.resilience.retry import backoff_seconds
from services.cli.addressing import Gateway, find_gateway
from services.cli.faults import CommandFault

API = "/api/v1"
PAGE = 200
# Refusals that may pass by themselves: too much at the moment, or a part is away.
WORTH_ANOTHER_TRY = frozenset({429, 502, 503, 504})
LONGEST_PAUSE_SECONDS = 30.0
Json = dict[str, Any]
Answer = TypeVar("Answer")


class GatewayRefusal(CommandFault):
    """The gateway answered with an error. `retry_after` in seconds where it named one."""

    def __init__(self, status: int, code: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class GatewayAway(CommandFault):
    """Nothing answered at the gateway's address."""


class GatewayClient:
    """Calls the gateway. Every method raises GatewayRefusal (an error answer) or GatewayAway (no answer)."""

    def __init__(
        self, gateway: Gateway, *, timeout_seconds: float = 60.0, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.gateway = gateway
        headers = {"accept": "application/json"}
        if gateway.api_key:
            headers["authorization"] = f"Bearer {gateway.api_key}"
        self._http = httpx.AsyncClient(
            base_url=gateway.url.rstrip("/"),
            headers=headers,
            timeout=timeout_seconds,
            transport=transport,
            # The stack is on this machine or at an address somebody typed: no proxy of the environment is asked.
            trust_env=False,
        )

    async def __aenter__(self) -> GatewayClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def live(self) -> None:
        """Returns if the gateway answers at all."""
        await self._call("GET", "/health/live")

    async def put_fields(self, kind: Kind, document_id: str, fields: Json) -> Json:
        """Creates or replaces a document from its fields; the 202's body."""
        return await self._call("PUT", _path(kind, document_id), json=fields)

    async def put_file(self, kind: Kind, document_id: str, name: str, content: bytes, content_type: str) -> Json:
        """Creates or replaces a document from a file; the 202's body."""
        return await self._call("PUT", _path(kind, document_id), files={"file": (name, content, content_type)})

    async def document(self, kind: Kind, document_id: str) -> Json | None:
        """The document, or None where the gateway knows none."""
        try:
            return await self._call("GET", _path(kind, document_id))
        except GatewayRefusal as refusal:
            if refusal.status == 404:
                return None
            raise

    async def documents(self, kind: Kind, status: str | None = None) -> AsyncIterator[Json]:
        """All documents of a kind (and status), page by page, without their texts."""
        params = {"limit": str(PAGE)} | ({"status": status} if status else {})
        while True:
            page = await self._call("GET", f"/{kind}s/", params=params)
            for item in page["items"]:
                yield item
            if not page.get("next_cursor"):
                return
            params = {**params, "cursor": page["next_cursor"]}

    async def search(self, query: str, kind: Kind, limit: int) -> Json:
        """Free text to documents: the answer of similarity-search."""
        body = {"query": query, "kind": kind, "limit": limit}
        return await self._call("POST", "/matching/similarity-search", json=body)

    async def matches(self, kind: Kind, document_id: str, limit: int) -> Json:
        """The ranked counterparts of a document."""
        return await self._call("GET", f"{_path(kind, document_id)}/matches", params={"limit": str(limit)})

    async def applicants(self, job_id: str, resume_ids: Sequence[str]) -> Json:
        """The scores of 1 to 1,000 distinct resumes for one job, and why others have none."""
        body = {"job_id": job_id, "resume_ids": list(resume_ids)}
        return await self._call("POST", "/matching/calculate", json=body)

    async def score_log(self, params: Mapping[str, str]) -> Json:
        """Which scores were shown: of `resume_id`, of `job_id` or of both; a page of `limit`, the newest first."""
        return await self._call("GET", "/score-log", params=dict(params))

    async def detailed_health(self) -> Json:
        """Each part with status and latency; also where the answer is 503, since it then says what is wrong."""
        response = await self._send("GET", "/health/detailed")
        body = _body(response)
        if response.is_success or (response.status_code == 503 and "status" in body and "type" not in body):
            return body
        raise refusal_of(response)

    async def reembed(self) -> Json:
        """Has every stored text sent through the model again; how many documents that is."""
        return await self._call("POST", "/admin/reembed")

    async def create_key(self, order: Json) -> Json:
        """A new key, with the key itself."""
        return await self._call("POST", "/admin/keys/", json=order)

    async def keys(self, tenant: str | None) -> Json:
        """The keys of a tenant, or of all that may be seen, without their secrets."""
        return await self._call("GET", "/admin/keys/", params={} if tenant is None else {"tenant": tenant})

    async def revoke_key(self, key_id: str) -> Json:
        """Makes a key worthless; the key as it is then."""
        return await self._call("DELETE", f"/admin/keys/{quote(key_id, safe='')}")

    async def create_webhook(self, order: Json) -> Json:
        """A new webhook, with its secret."""
        return await self._call("POST", "/webhooks/", json=order)

    async def webhooks(self) -> Json:
        """All webhooks, without their secrets."""
        return await self._call("GET", "/webhooks/")

    async def webhook(self, webhook_id: str) -> Json:
        """One webhook, and how it is doing."""
        return await self._call("GET", _webhook(webhook_id))

    async def failed_deliveries(self, webhook_id: str, limit: int) -> Json:
        """What was given up, the newest first."""
        params = {"state": "failed", "limit": str(limit)}
        return await self._call("GET", f"{_webhook(webhook_id)}/deliveries", params=params)

    async def change_webhook(self, webhook_id: str, change: Json) -> Json:
        """Changes a webhook; as it is then."""
        return await self._call("PATCH", _webhook(webhook_id), json=change)

    async def rotate_webhook_secret(self, webhook_id: str) -> Json:
        """The webhook with its new secret."""
        return await self._call("POST", f"{_webhook(webhook_id)}/secret")

    async def replay_webhook(self, webhook_id: str, order: Json) -> Json:
        """Sends again what happened in a time: how many events, and from when on there are more."""
        return await self._call("POST", f"{_webhook(webhook_id)}/replay", json=order)

    async def test_webhook(self, webhook_id: str) -> Json:
        """Sends a test event; what came back."""
        return await self._call("POST", f"{_webhook(webhook_id)}/test")

    async def delete_webhook(self, webhook_id: str) -> Json:
        """Deletes a webhook; as it was."""
        return await self._call("DELETE", _webhook(webhook_id))

    async def storage(self) -> Json:
        """What the database holds, of which size and in which state."""
        return await self._call("GET", "/admin/storage")

    async def _call(self, method: str, path: str, **content: Any) -> Json:
        response = await self._send(method, path, **content)
        if response.is_success:
            return _body(response)
        raise refusal_of(response)

    async def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        try:
            return await self._http.request(method, API + path, **content)
        except httpx.TimeoutException as error:
            raise GatewayAway(f"the gateway at {self.gateway.url} did not answer in time") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise GatewayAway(
                f"no gateway answers at {self.gateway.url} ({error or type(error).__name__}); "
                "is the stack running? `shortlist up` starts it"
            ) from error


def with_gateway(url: str | None, work: Callable[[GatewayClient], Awaitable[Answer]]) -> Answer:
    """Finds the stack and runs `work(client)`, an async function, to its end; blocks. Raises CommandFault."""

    async def inside() -> Answer:
        async with GatewayClient(find_gateway(url)) as client:
            return await work(client)

    return asyncio.run(inside())


def refusal_of(response: httpx.Response) -> GatewayRefusal:
    """The error in an answer: from its problem+json where it has one."""
    body = _body(response)
    code = str(body.get("type", "")).rpartition(":")[2] or f"http_{response.status_code}"
    told = body.get("detail") or body.get("title") or response.text[:200] or response.reason_phrase
    message = f"{told} (HTTP {response.status_code})"
    if response.status_code == 401:
        message += "; set SHORTLIST_API_KEY, or SHORTLIST_STACK to the stack.json of the stack you mean"
    return GatewayRefusal(response.status_code, code, message, retry_after(response.headers.get("retry-after")))


def pause_seconds(attempt: int, told: float | None) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 0): what the gateway told, 30 at most, else a time
    that grows."""
    return backoff_seconds(attempt) if told is None else min(told, LONGEST_PAUSE_SECONDS)


def retry_after(value: str | None) -> float | None:
    """Seconds to wait as a Retry-After header says, in either of its forms; None without one that can be read."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(value).timestamp()
    except ValueError:
        return None
    return max(0.0, moment - time.time())


def _path(kind: Kind, document_id: str) -> str:
    return f"/{kind}s/{quote(document_id, safe='')}"


def _webhook(webhook_id: str) -> str:
    return f"/webhooks/{quote(webhook_id, safe='')}"


def _body(response: httpx.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
