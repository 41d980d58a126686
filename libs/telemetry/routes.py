"""The HTTP routes that every service answers at its own root: live, ready, metrics."""

from __future__ import annotations

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from libs.contracts.inner import paths
from libs.contracts.inner.health import Live, Ready
from libs.telemetry.health import Health


def ready_body(health: Health) -> Ready:
    """What ready answers: the state of every part, at this moment."""
    return Ready(health.service, "ready" if health.ready else "waiting", dict(health.parts))


def health_routes(health: Health) -> list[HTTPRouteHandler]:
    """Handlers of GET /health/live, /health/ready and /metrics.

    live is 200 as long as the process answers and no part of it needs a restart, else 503; ready
    is 503, with the parts it waits for, until the service can do at least part of its work.
    """

    @get(paths.LIVE, operation_id="live", include_in_schema=False, sync_to_thread=False)
    def live() -> Response[Live]:
        if health.live:
            return Response(Live(health.service, "live"))
        return Response(Live(health.service, "hung", dict(health.parts)), status_code=503)

    @get(paths.READY, operation_id="ready", include_in_schema=False, sync_to_thread=False)
    def ready() -> Response[Ready]:
        return Response(ready_body(health), status_code=200 if health.ready else 503)

    @get("/metrics", operation_id="metrics", include_in_schema=False, sync_to_thread=False)
    def metrics() -> Response[bytes]:
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    return [live, ready, metrics]
