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
from services.embedding.api import Api, routes
from services.embedding.settings import EmbeddingSettings

SERVICE = "embedding"


def create_app(settings: EmbeddingSettings) -> Litestar:
    """The application; the model loads in the background. `state.exit_code` is 1 when it cannot be had."""
    health = Health(SERVICE)
    health.waits_for("model", "the model is loading")
    health.waits_for("vectors topic", "waits for the model")
    health.waits_for("broker", "waits for the model")
    health.started()
    api = Api()

    async def start(parts: RunningParts) -> None:
        pipeline = await imported("services.embedding.pipeline")
        await pipeline.start(settings, api, parts)

    runner = ServiceRunner(health, start)
    return Litestar(
        route_handlers=[*health_routes(health), *routes(api)],
        middleware=[traced_app, partial(with_inner_access, token=settings.inner_token)],
        lifespan=[runner.lifespan],
        state=runner.state,
        openapi_config=None,
        logging_config=None,
    )
