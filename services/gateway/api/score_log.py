"""/score-log: which scores were shown, to whom."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter

from libs.contracts.inner.score_log import MAX_LOG_PAGE, ScoreLogPage
from services.gateway.access.scopes import READS
from services.gateway.api.bodies import AnyRequest, key_of
from services.gateway.api.description import NEEDS_KEY, problems
from services.gateway.api.documents import Cursor
from services.gateway.api.filters import checked_time
from services.gateway.problems import Problem
from services.gateway.service import FromWiring

_ID = "one of both, or both. Of an erased document the name that the log shows in place of its id"
ResumeId = Annotated[str | None, QueryParameter(name="resume_id", description=f"scores of this resume; {_ID}")]
JobId = Annotated[str | None, QueryParameter(name="job_id", description=f"scores for this job; {_ID}")]
_TIME = "RFC 3339, or a day `YYYY-MM-DD`"
Since = Annotated[str | None, QueryParameter(name="since", description=f"only scores shown then or later: {_TIME}")]
Until = Annotated[str | None, QueryParameter(name="until", description=f"only scores shown before then: {_TIME}")]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_LOG_PAGE, description="how many to show")]


@get(
    "/score-log",
    operation_id="getScoreLog",
    summary="Which scores of a resume or a job were shown, when and to whom",
    description="Every score of a pair that was answered: by `calculate`, for a pair or for all applicants, and in the "
    "matches of a job or a resume; not searches and similar documents, whose scores are of no pair. The newest first; "
    "a score is there some seconds after it was shown. Entries hold no text, are kept for `SCORE_LOG_DAYS`, and "
    "outlive a deletion without the id. A cursor goes with the documents and times it was given for.",
    tags=["score log"],
    response_description="A page",
    responses=problems(
        "invalid_request",
        "invalid_id",
        "invalid_time",
        "invalid_limit",
        "invalid_cursor",
        "unauthorized",
        "unavailable",
    ),
    opt=READS,
)
async def score_log(
    request: AnyRequest,
    gateway: FromWiring,
    resume_id: ResumeId = None,
    job_id: JobId = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ScoreLogPage:
    """A page of the log."""
    if resume_id is None and job_id is None:
        raise Problem(
            "invalid_request", "resume_id or job_id must say whose scores are asked for", parameter="resume_id"
        )
    tenant = request.user.tenant
    given = {
        "resume_id": None if resume_id is None else key_of(tenant, "resume", resume_id, parameter="resume_id").id,
        "job_id": None if job_id is None else key_of(tenant, "job", job_id, parameter="job_id").id,
        "since": checked_time(since, "since", "invalid_time"),
        "until": checked_time(until, "until", "invalid_time"),
        "limit": str(limit),
        "cursor": cursor,
    }
    return await gateway.score_log.page(
        request.user.tenant, {name: value for name, value in given.items() if value is not None}
    )


score_log_routes = Router("/", route_handlers=[score_log], security=NEEDS_KEY)
