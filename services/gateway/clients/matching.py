"""What the gateway asks of matching, call by call.

Every method raises DependencyUnavailable while matching is away, MatchingRefusal where it answers 4xx.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx
import msgspec

from libs.contracts.erasures import Receipt
from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey, Kind
from libs.contracts.inner import paths
from libs.contracts.inner.asking import Asker, headers_of
from libs.contracts.inner.documents import DOCUMENT_OF, PAGE_OF, Document, Page
from libs.contracts.inner.health import Ready
from libs.contracts.inner.matching import (
    Applicants,
    ApplicantsOrder,
    Calculation,
    ErasureOrder,
    Figures,
    Matches,
    Pair,
    Reembedding,
)
from libs.contracts.inner.score_log import ScoreLogPage
from libs.contracts.inner.searching import FilteredSearch, SearchResults, SimilarDocuments
from libs.contracts.inner.storage import Storage
from libs.contracts.revision import Revision
from libs.contracts.standing import AskedState
from services.gateway.problems import MatchingRefusal

PART = "matching"
Form = TypeVar("Form")
_PASSED_ON = ("retry-after",)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which documents are ranked: those that pass `filters` (JSON), and, of jobs, those of a state."""

    filters: str | None = None
    state: AskedState | None = None


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
    ) -> httpx.Response:
        """See `InnerClient.request`."""
        ...


class MatchingClient:
    """Matching over its inner HTTP. Safe for concurrent use; each call has the client's deadline.

    `masked`: answers come without who a person is.
    """

    def __init__(self, client: HttpClient, *, masked: bool = False) -> None:
        self._client = client
        self._masked = masked

    @property
    def blind(self) -> MatchingClient:
        """The same, whose answers come without who a person is."""
        return MatchingClient(self._client, masked=True)

    async def document(self, key: DocumentKey) -> Document | None:
        """The document as the contract shows it; None where matching knows of none."""
        path = paths.filled(paths.DOCUMENT, kind=key.kind, document_id=key.id)
        return await self._or_none(key.tenant, path, DOCUMENT_OF[key.kind])

    async def documents(self, tenant: str, kind: Kind, params: Mapping[str, str]) -> Page:
        """A page of documents. `params`: limit, cursor, status, filters (JSON), state,
        updated_since, q."""
        return await self._ask(tenant, "GET", paths.filled(paths.DOCUMENTS, kind=kind), PAGE_OF[kind], params=params)

    async def matches(self, key: DocumentKey, limit: int, narrowed: Narrowed, asker: Asker) -> Matches:
        """The ranked counterparts of a document."""
        path = paths.filled(paths.MATCHES, kind=key.kind, document_id=key.id)
        return await self._ask(key.tenant, "GET", path, Matches, params=_params(limit, narrowed), asker=asker)

    async def similar(self, key: DocumentKey, limit: int, narrowed: Narrowed) -> SimilarDocuments:
        """Documents like one."""
        path = paths.filled(paths.SIMILAR, kind=key.kind, document_id=key.id)
        return await self._ask(key.tenant, "GET", path, SimilarDocuments, params=_params(limit, narrowed))

    async def calculate(self, tenant: str, pair: Pair, asker: Asker) -> Calculation:
        """The score of a pair, from what is stored."""
        return await self._ask(tenant, "POST", paths.CALCULATE, Calculation, body=pair, repeatable=True, asker=asker)

    async def applicants(self, tenant: str, order: ApplicantsOrder, asker: Asker) -> Applicants:
        """The scores of all applicants of a job, from what is stored."""
        return await self._ask(tenant, "POST", paths.CALCULATE, Applicants, body=order, repeatable=True, asker=asker)

    async def score_log(self, tenant: str, params: Mapping[str, str]) -> ScoreLogPage:
        """A page of the score log. `params`: resume_id, job_id (one at least), since, until, limit, cursor."""
        return await self._ask(tenant, "GET", paths.SCORE_LOG, ScoreLogPage, params=params)

    async def search(self, tenant: str, wanted: FilteredSearch) -> SearchResults:
        """A search by free text."""
        return await self._ask(tenant, "POST", paths.SEARCH, SearchResults, body=wanted, repeatable=True)

    async def note_statuses(self, tenant: str, events: Sequence[StatusEvent]) -> None:
        """Writes statuses straight into matching's table, so that they outlive the try-out broker."""
        _accepted(await self._request(tenant, "POST", paths.STATUSES, body=list(events)))

    async def erase(self, key: DocumentKey, revision: Revision) -> Receipt:
        """Erases a document at once; returns the receipt."""
        order = ErasureOrder(key.kind, key.id, str(revision))
        return await self._ask(key.tenant, "POST", paths.ERASURES, Receipt, body=order)

    async def receipt(self, tenant: str, receipt_id: str) -> Receipt | None:
        """What is done of an erasure, per store; None where matching knows of none."""
        return await self._or_none(tenant, paths.filled(paths.ERASURE, receipt_id=receipt_id), Receipt)

    async def reembed(self, tenant: str) -> Reembedding:
        """Sends every stored text through the model again."""
        return await self._ask(tenant, "POST", paths.REEMBED, Reembedding)

    async def storage(self, tenant: str) -> Storage:
        """What the database holds, and what would be done next to keep it in order."""
        return await self._ask(tenant, "GET", paths.STORAGE, Storage)

    async def figures(self, tenant: str) -> Figures:
        """How many documents the database holds, by kind and status."""
        return await self._ask(tenant, "GET", paths.FIGURES, Figures, timeout_seconds=3.0)

    async def ready(self) -> Ready:
        """What matching says of its own readiness. Raises DependencyUnavailable where it is not ready."""
        answer = await self._client.request("GET", paths.READY, timeout_seconds=3.0)
        return decoded(PART, _accepted(answer), Ready)

    async def _or_none(self, tenant: str, path: str, form: type[Form]) -> Form | None:
        answer = await self._request(tenant, "GET", path)
        return None if answer.status_code == 404 else decoded(PART, _accepted(answer), form)

    async def _ask(self, tenant: str, method: str, path: str, form: type[Form], **kwargs: Any) -> Form:
        return decoded(PART, _accepted(await self._request(tenant, method, path, **kwargs)), form)

    async def _request(
        self, tenant: str, method: str, path: str, *, body: Any = None, asker: Asker | None = None, **kwargs: Any
    ) -> httpx.Response:
        if body is not None:
            kwargs["json"] = msgspec.to_builtins(body)
        headers = {paths.TENANT_HEADER: tenant, **headers_of(asker or Asker())}
        if self._masked:
            headers[paths.MASKED_HEADER] = "1"
        return await self._client.request(method, path, headers=headers, **kwargs)


def _params(limit: int, narrowed: Narrowed) -> dict[str, str]:
    given = {"limit": str(limit), "filters": narrowed.filters, "state": narrowed.state}
    return {name: value for name, value in given.items() if value is not None}


def decoded(part: str, answer: httpx.Response, form: type[Form]) -> Form:
    """The body of an answer. Raises DependencyUnavailable where it is not of the contract's form."""
    try:
        return msgspec.json.decode(answer.content, type=form)
    except (msgspec.MsgspecError, ValueError) as error:
        raise DependencyUnavailable(part, f"its answer cannot be read: {error}") from error


def _accepted(answer: httpx.Response) -> httpx.Response:
    if answer.status_code < 400:
        return answer
    try:
        body = answer.json()
    except ValueError:
        body = {}
    headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
    raise MatchingRefusal(answer.status_code, body if isinstance(body, dict) else {}, headers)
