"""Composition root: the HTTP application, and behind it, once the port is open, the pipeline."""

from __future__ import annotations

from functools import partial

from litestar import Litestar

from libs.running.inner_access import with_inner_access
from libs.running.parts import RunningParts
from libs.running.runner import ServiceRunner, imported
from libs.telemetry.health import Health
from libs.telemetry.http_spans import traced_app
from libs.telemetry.routes import health_routes
from services.matching.api import Api, routes
from services.matching.refusals import exception_handlers
from services.matching.settings import MatchingSettings

SERVICE = "matching"


def create_app(settings: MatchingSettings) -> Litestar:
    """The application; its parts start in the background. `state.exit_code` is 1 where the role may see too much."""
    health = Health(SERVICE)
    health.waits_for("database", "not connected yet")
    health.waits_for("broker", "not connected yet")
    health.started()
    api = Api()

    async def start(parts: RunningParts) -> None:
        pipeline = await imported("services.matching.pipeline")
        await pipeline.start(settings, api, parts)

    runner = ServiceRunner(health, start)
    return Litestar(
        route_handlers=[*health_routes(health), *routes(api)],
        exception_handlers=exception_handlers(),
        middleware=[traced_app, partial(with_inner_access, token=settings.inner_token)],
        lifespan=[runner.lifespan],
        state=runner.state,
        openapi_config=None,
        logging_config=None,
    )
