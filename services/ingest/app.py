"""Composition root: the HTTP application, and behind it, once the port is open, the pipeline."""

from __future__ import annotations

from functools import partial

from litestar import Litestar

from libs.running.inner_access import with_inner_access
from libs.running.parts import RunningParts
from libs.running.runner import ServiceRunner, imported
from libs.telemetry.health import Health
from services.ingest.api import Api, routes
from services.ingest.settings import IngestSettings

SERVICE = "ingest"
PARTS = ("sandbox", "topics", "broker", "consumer")


def create_app(settings: IngestSettings) -> Litestar:
    """The application; its parts start in the background. `state.exit_code` is 1 after a start refused."""
    health = Health(SERVICE)
    for part in PARTS:
        health.waits_for(part, "not looked at yet")
    health.started()
    api = Api()

    async def start(parts: RunningParts) -> None:
        pipeline = await imported("services.ingest.pipeline")
        await pipeline.start(settings, api, parts)

    runner = ServiceRunner(health, start)
    return Litestar(
        route_handlers=routes(api, health),
        middleware=[partial(with_inner_access, token=settings.inner_token)],
        lifespan=[runner.lifespan],
        state=runner.state,
        openapi_config=None,
        logging_config=None,
    )
