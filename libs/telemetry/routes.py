"""The HTTP routes that every service answers at its own root: live, ready, metrics."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from libs.telemetry.health import Health


def health_body(health: Health) -> dict[str, Any]:
    """What live and ready answer."""
    return {
        "service": health.service,
        "status": "ready" if health.ready else "waiting",
        "parts": {
            name: {"status": part.status, "reason": part.reason, "since": part.since}
            for name, part in health.parts.items()
        },
    }


def health_routes(health: Health) -> list[HTTPRouteHandler]:
    """Handlers of GET /health/live, /health/ready and /metrics.

    live is 200 as long as the process answers and no part of it needs a restart, else 503; ready
    is 503, with the parts it waits for, until the service can do at least part of its work.
    """

    @get("/health/live", operation_id="live", include_in_schema=False, sync_to_thread=False)
    def live() -> Response[dict[str, Any]]:
        if health.live:
            return Response({"service": health.service, "status": "live"})
        return Response({**health_body(health), "status": "hung"}, status_code=503)

    @get("/health/ready", operation_id="ready", include_in_schema=False, sync_to_thread=False)
    def ready() -> Response[dict[str, Any]]:
        return Response(health_body(health), status_code=200 if health.ready else 503)

    @get("/metrics", operation_id="metrics", include_in_schema=False, sync_to_thread=False)
    def metrics() -> Response[bytes]:
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    return [live, ready, metrics]
