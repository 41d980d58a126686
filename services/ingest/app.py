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
from libs.telemetry.logs import get_logger
from services.ingest.api import routes
from services.ingest.settings import IngestSettings

if TYPE_CHECKING:
    from services.ingest.pipeline import Pipeline

log = get_logger(__name__)

SERVICE = "ingest"
PARTS = ("sandbox", "topics", "broker", "consumer")


def create_app(settings: IngestSettings) -> Litestar:
    """The application; its parts start in the background. `state.exit_code` is 1 after a start refused."""
    health = Health(SERVICE)
    for part in PARTS:
        health.waits_for(part, "not looked at yet")
    health.started()

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        background = asyncio.create_task(_run(settings, health, app.state), name="pipeline")
        try:
            yield
        finally:
            background.cancel()
            await asyncio.gather(background, return_exceptions=True)

    return Litestar(
        route_handlers=routes(health),
        lifespan=[running],
        state=State({"exit_code": 0}),
        openapi_config=None,
        logging_config=None,
    )


async def _run(settings: IngestSettings, health: Health, state: State) -> None:
    pipeline: Pipeline | None = None
    try:
        module = await asyncio.to_thread(importlib.import_module, "services.ingest.pipeline")
        pipeline = module.Pipeline(settings, health)
        await pipeline.start()
        await asyncio.Event().wait()
    except Exception as error:
        log.error("cannot_start", reason=str(error), exc_info=None if _is_refusal(error) else error)
        state.exit_code = 1
        signal.raise_signal(signal.SIGTERM)
    finally:
        if pipeline is not None:
            await pipeline.stop()


def _is_refusal(error: Exception) -> bool:
    return type(error).__name__ == "CannotStart"
