"""The parts of a running service: each waited for at the start, all ended in reverse order at the stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TypeVar

from libs.contracts.errors import DependencyUnavailable
from libs.resilience.retry import backoff_seconds
from libs.telemetry.health import Health
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

LONGEST_WAIT_SECONDS = 5.0
Step = Callable[[], Awaitable[None]]
Result = TypeVar("Result")


class RunningParts:
    """What a service has started so far. `health` says of each part what it waits for."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self._stops = AsyncExitStack()
        self._in_background: set[asyncio.Task[None]] = set()
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_stop(self, stop: Step) -> None:
        """`stop` runs at the service's stop, before the stops that were named earlier.

        Name it before the part is started: a service that is stopped in the middle of its start then closes what is
        open already. So it must do no harm to a part that was never started.
        """
        self._stops.push_async_callback(stop)

    async def until_there(self, part: str, *steps: Step) -> None:
        """Runs the steps in order, each as `wait_for` does; after the last one the part is ok."""
        for step in steps:
            await self.wait_for(part, step)
        self.health.ok(part)

    async def wait_for(self, part: str, step: Callable[[], Awaitable[Result]]) -> Result:
        """What `step` gives. While it raises DependencyUnavailable it is tried again, and the part waits.

        Takes as long as that takes, with 5 s at most between two tries. Raises what else the step raises.
        """
        attempt = 0
        while True:
            try:
                return await step()
            except DependencyUnavailable as fault:
                self.health.waits_for(part, str(fault))
                log.warning("waits_for_part", part=part, reason=str(fault), attempt=attempt)
                await asyncio.sleep(backoff_seconds(attempt, cap=LONGEST_WAIT_SECONDS))
                attempt += 1

    def in_background(self, work: Coroutine[None, None, None], name: str) -> None:
        """Runs `work` beside the rest until the stop cancels it. Where it raises, `failed` raises the same."""
        task = asyncio.create_task(work, name=name)
        self._in_background.add(task)
        task.add_done_callback(self._ended)

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        self._stops.push_async_callback(end)

    async def failed(self) -> None:
        """Waits until work in the background raises, and raises the same. Ends in no other way but cancellation."""
        await asyncio.shield(self._failure)

    async def stop(self) -> None:
        """Stops everything in the reverse order. A stop that raises hinders no other; the last error is raised."""
        await self._stops.aclose()
        self._failure.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._in_background.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._failure.done():
            self._failure.set_exception(error)
            # Marks it as seen: where nobody waits in `failed` any more, the stop is on its way already.
            self._failure.exception()
