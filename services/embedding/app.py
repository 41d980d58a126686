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
from services.embedding.api import Api, routes
from services.embedding.registration import PART
from services.embedding.settings import EmbeddingSettings

if TYPE_CHECKING:
    from services.embedding.pipeline import Pipeline

log = get_logger(__name__)

SERVICE = "embedding"
# Faults whose message says what to do: where the code failed helps nobody. Names, as importing them takes seconds.
TOLD_IN_A_SENTENCE = ("ModelNotFound", "EngineMissing", "OnnxFailed")


def create_app(settings: EmbeddingSettings) -> Litestar:
    """The application; the model loads in the background. `state.exit_code` is 1 when it cannot be had."""
    health = Health(SERVICE)
    health.waits_for("model", "the model is loading")
    health.waits_for(PART, "waits for the model")
    health.waits_for("broker", "waits for the model")
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
        middleware=[traced_app],
        lifespan=[running],
        state=State({"exit_code": 0}),
        openapi_config=None,
        logging_config=None,
    )


async def _run(settings: EmbeddingSettings, health: Health, api: Api, state: State) -> None:
    pipeline: Pipeline | None = None
    try:
        module = await asyncio.to_thread(importlib.import_module, "services.embedding.pipeline")
        pipeline = module.Pipeline(settings, health)
        api.service = await pipeline.load_model()
        await pipeline.consume(api.service)
        await asyncio.Event().wait()
    except Exception as error:
        known = type(error).__name__ in TOLD_IN_A_SENTENCE
        log.error("cannot_start", reason=str(error), exc_info=None if known else error)
        state.exit_code = 1
        signal.raise_signal(signal.SIGTERM)
    finally:
        if pipeline is not None:
            await pipeline.stop()
