"""/health under the API's prefix, and at the root what every service answers there."""

from __future__ import annotations

from litestar import Response, Router, get
from litestar.handlers import HTTPRouteHandler

from libs.contracts.inner.health import Live, Ready
from libs.telemetry.health import Health
from libs.telemetry.routes import health_routes, ready_body
from services.gateway.access.scopes import OPEN, READS
from services.gateway.api.bodies import AnyRequest
from services.gateway.api.description import NEEDS_KEY, answer, problems
from services.gateway.health.detailed_health import DetailedHealth
from services.gateway.limits.costs import COSTS_NOTHING
from services.gateway.service import FromWiring


def api_health_routes(health: Health) -> Router:
    """live, ready (both open) and detailed."""

    @get(
        "/live",
        operation_id="getLive",
        summary="Whether the process answers",
        sync_to_thread=False,
        opt={OPEN: True},
        response_description="It does",
        responses=problems(),
    )
    def live() -> Live:
        return Live(health.service, "live")

    @get(
        "/ready",
        operation_id="getReady",
        summary="Whether at least part of the work can be done, and what is missing",
        description="For whatever sends calls here: 200 while the broker or matching can be used, since reads or "
        "writes can be answered then.",
        sync_to_thread=False,
        opt={OPEN: True},
        response_description="It can",
        responses={503: answer(Ready, "It can't; the body says what is waited for"), **problems()},
    )
    def ready() -> Response[Ready]:
        return Response(ready_body(health), status_code=200 if health.ready else 503)

    @get(
        "/detailed",
        operation_id="getDetailed",
        summary="Every part with its status and latency",
        description="Asked anew for each answer, embedding by a real text. Counts documents of your own tenant. Takes "
        "as long as the slowest part, a few seconds at most, and costs nothing of a quota.",
        security=NEEDS_KEY,
        response_description="How everything is doing",
        responses=problems("unauthorized"),
        opt=READS | COSTS_NOTHING,
    )
    async def detailed(request: AnyRequest, gateway: FromWiring) -> DetailedHealth:
        return await gateway.detailed.report(request.user.tenant)

    return Router("/health", route_handlers=[live, ready, detailed], tags=["health"])


def root_health_routes(health: Health) -> list[HTTPRouteHandler]:
    """/health/live and /health/ready for everybody; /metrics with a key wherever keys are asked for."""
    handlers = health_routes(health)
    for handler in handlers:
        is_metrics = any(path.startswith("/metrics") for path in handler.paths)
        handler.opt |= READS | COSTS_NOTHING if is_metrics else {OPEN: True}
    return handlers
