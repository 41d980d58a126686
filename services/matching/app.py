"""Composition root: the HTTP application, and behind it, once the port is open, the pipeline."""

from __future__ import annotations

import asyncio
import importlib
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.datastructures import State

from libs.telemetry.health import Health
from libs.telemetry.http_spans import traced_app
from libs.telemetry.logs import get_logger
from libs.telemetry.routes import health_routes
from services.matching.api import Api, exception_handlers, routes
from services.matching.settings import MatchingSettings

if TYPE_CHECKING:
    from services.matching.pipeline import Pipeline

log = get_logger(__name__)

SERVICE = "matching"


def create_app(settings: MatchingSettings) -> Litestar:
    """The application; its parts start in the background. `state.exit_code` is 1 where the role may see too much."""
    health = Health(SERVICE)
    health.waits_for("database", "not connected yet")
    health.waits_for("broker", "not connected yet")
    health.started()
    api = Api()

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        background = asyncio.create_task(_run(settings, health, api, app.state), name="pipeline")
        try:
            yield
        finally:
            background.cancel()
            await asyncio.gather(background, return_exceptions=True)

    return Litestar(
        route_handlers=[*health_routes(health), *routes(api)],
        exception_handlers=exception_handlers(),
        middleware=[traced_app],
        lifespan=[running],
        state=State({"exit_code": 0}),
        openapi_config=None,
        logging_config=None,
    )


async def _run(settings: MatchingSettings, health: Health, api: Api, state: State) -> None:
    pipeline: Pipeline | None = None
    try:
        module = await asyncio.to_thread(importlib.import_module, "services.matching.pipeline")
        pipeline = module.Pipeline(settings, health)
        api.lag = pipeline.lag
        api.parts = await pipeline.open_database()
        await pipeline.consume(api.parts)
        await asyncio.Event().wait()
    except Exception as error:
        known = type(error).__name__ == "WrongRole"
        log.error("cannot_start", reason=str(error), exc_info=None if known else error)
        state.exit_code = 1
        signal.raise_signal(signal.SIGTERM)
    finally:
        if pipeline is not None:
            await pipeline.stop()
