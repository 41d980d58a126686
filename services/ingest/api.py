"""What ingest answers over HTTP: its health and its metrics, and the structure of texts that are stored already."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from libs.contracts.errors import DependencyUnavailable, ErrorCode, Overloaded, RecordRejected
from libs.contracts.inner import paths
from libs.contracts.inner.problems import PROBLEM_JSON, InnerProblem, problem
from libs.contracts.inner.structure import StructureOrder
from libs.contracts.structure import Structure
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger
from libs.telemetry.routes import health_routes
from services.ingest.sandbox.pool import ParserFault
from services.ingest.service import IngestService

log = get_logger(__name__)

# Bytes of the longest order: a text and a job's fields, each character of them escaped.
MAX_ORDER_BYTES = 16 * 1024 * 1024


class Api:
    """The handlers' state: the service, once its parsers are there."""

    def __init__(self) -> None:
        self.service: IngestService | None = None


def routes(api: Api, health: Health) -> list[HTTPRouteHandler]:
    """All handlers of the service."""

    @post(paths.STRUCTURE, status_code=200, request_max_body_size=MAX_ORDER_BYTES)
    async def structure(data: JSONBody[StructureOrder]) -> Response[Structure | InnerProblem]:
        if api.service is None:
            return _problem(503, "parsers_starting", "the parser processes are not there yet", retry_after=2)
        try:
            return Response(await api.service.structure(data), status_code=200)
        except Overloaded as busy:
            return _problem(429, "busy", busy.message, retry_after=1)
        except RecordRejected as fault:
            return _problem(422, str(fault.code), fault.message)
        except ParserFault as fault:
            # Asked again it would fail again: whoever asked goes on with the next text.
            log.error("structure_failed", kind=data.kind, chars=len(data.text), reason=str(fault))
            return _problem(422, str(ErrorCode.INTERNAL), str(fault))
        except DependencyUnavailable as fault:
            return _problem(503, "unavailable", str(fault), retry_after=2)

    return [*health_routes(health), structure]


def _problem(status: int, code: str, detail: str, *, retry_after: int | None = None) -> Response[Any]:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(problem(status, code, detail), status_code=status, media_type=PROBLEM_JSON, headers=headers)
