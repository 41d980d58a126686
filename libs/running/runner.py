"""A service's application whose port opens at once, while its parts start in the background."""

from __future__ import annotations

import asyncio
import importlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import ModuleType

from litestar import Litestar
from litestar.datastructures import State

from libs.running.cannot_start import CannotStart
from libs.running.garbage import settle
from libs.running.parts import RunningParts
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

StartParts = Callable[[RunningParts], Awaitable[None]]


async def imported(module: str) -> ModuleType:
    """A module that takes a second or more to import, without holding up the event loop."""
    return await asyncio.to_thread(importlib.import_module, module)


class ServiceRunner:
    """Runs `start` once the port is open, for as long as the service lives; then stops what it started, in reverse.

    Give `lifespan` and `state` to the application. Where `start` or work in the background raises, the process ends by
    itself: `state.exit_code` is 1, and SIGTERM lets requests on their way be answered first. CannotStart is told as a
    sentence, everything else with its traceback.
    """

    def __init__(self, health: Health, start: StartParts) -> None:
        self.state = State({"exit_code": 0})
        self._health = health
        self._start = start

    @asynccontextmanager
    async def lifespan(self, app: Litestar) -> AsyncIterator[None]:
        """The application's lifespan. At its end waits for the parts to stop."""
        parts = RunningParts(self._health)
        running = asyncio.create_task(self._run(parts, app.state), name="parts")
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await parts.stop()

    async def _run(self, parts: RunningParts, state: State) -> None:
        try:
            await self._start_and_watch(parts)
        except CannotStart as refusal:
            log.error("cannot_start", reason=str(refusal))
        except Exception as error:
            log.error("ends_after_a_fault", reason=str(error), exc_info=error)
        state.exit_code = 1
        signal.raise_signal(signal.SIGTERM)

    async def _start_and_watch(self, parts: RunningParts) -> None:
        """Raises what the start raises, or work in the background, also while the start still waits for a part."""

        async def begin() -> None:
            await self._start(parts)
            settle()
            log.info("started")

        tasks = [asyncio.create_task(begin(), name="start"), asyncio.create_task(parts.failed(), name="failed")]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            # A start that goes on would open parts behind the stop that closes them.
            await asyncio.gather(*tasks, return_exceptions=True)
