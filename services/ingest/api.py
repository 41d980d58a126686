"""What ingest answers over HTTP: its health and its metrics."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from libs.telemetry.health import Health
from libs.telemetry.routes import health_routes


def routes(health: Health) -> list[HTTPRouteHandler]:
    """All handlers of the service."""
    return health_routes(health)
