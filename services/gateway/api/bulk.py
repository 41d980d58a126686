"""/resumes/bulk and /jobs/bulk: many documents in one request, a line each."""

from __future__ import annotations

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from libs.contracts.identifiers import Kind
from services.gateway.access.scopes import WRITES
from services.gateway.api.bodies import AnyRequest, read_document
from services.gateway.api.bulk_answer import NDJSON, BulkAnswer
from services.gateway.api.bulk_description import bulk_operation
from services.gateway.api.conditions import refuse_conditions
from services.gateway.api.description import problems
from services.gateway.api.submit import key_of_new
from services.gateway.body_stream import body_stream
from services.gateway.bulk.intake import MAX_LINE_BYTES, MAX_LINES, QUOTA_SECONDS, Intake, Order
from services.gateway.limits.callers_quota import callers_quota
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

BULK = "/bulk"
TAKEN = (NDJSON, "application/ndjson", "application/jsonl")
_REPEATS = "Idempotency-Key"


def bulk_route(kind: Kind) -> HTTPRouteHandler:
    """POST of many documents of one kind."""

    @post(
        BULK,
        status_code=200,
        operation_id=f"create{kind.capitalize()}sInBulk",
        summary=f"Send many {kind}s",
        description=f"NDJSON: a {kind} a line, each as the JSON body of `POST /{kind}s`; up to {MAX_LINES:,} lines of "
        f"at most {MAX_LINE_BYTES // 1_048_576} MiB. The answer has a line for each, in their order, and begins while "
        "the body still comes; a line that is refused leaves the others alone, and blank lines count but are not "
        "answered. Give each line an `id`: then whatever was not answered can be sent again. Lines of one id are taken "
        "in their order. Each line counts for the quota as a call does, and waits for its turn up to "
        f"{QUOTA_SECONDS:.0f} s. `Prefer: wait` has no effect here; `{_REPEATS}` is refused.",
        request_max_body_size=None,
        operation_class=bulk_operation(kind, TAKEN),
        responses=problems(
            *("unauthorized", "forbidden", "invalid_body", "too_large", "unsupported_type", "unsupported_encoding"),
            *("request_timeout", "not_supported", "unavailable"),
        ),
        opt=WRITES,
    )
    async def create_many(request: AnyRequest, gateway: FromWiring) -> ASGIApp:
        _refuse_repeats(request)
        refuse_conditions(request)
        _check_type(request.content_type[0])
        tenant: str = request.user.tenant

        async def read(line: bytes) -> Order:
            submission = await read_document(line, kind, gateway.max_chars)
            return Order(key_of_new(tenant, kind, submission), submission)

        intake = Intake(body_stream(request.scope), read, gateway.submitting.submit, callers_quota(request.scope))
        return BulkAnswer(intake, gateway.bulks, tenant)

    return create_many


def _refuse_repeats(request: AnyRequest) -> None:
    if _REPEATS in request.headers:
        raise Problem(
            "not_supported",
            f"{_REPEATS} is for one document: leave it out here, nothing was done. Give each line an id, and sending "
            "it again replaces its document by itself",
            header=_REPEATS,
        )


def _check_type(media_type: str) -> None:
    if media_type not in TAKEN:
        raise Problem(
            "unsupported_type",
            f"send {NDJSON}, a JSON object in each line, not {media_type[:80] or 'a body of no type'}",
            header="Content-Type",
        )
