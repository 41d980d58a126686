"""What is removed in the background, since nobody needs it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from libs.contracts.errors import DependencyUnavailable
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

EVERY_SECONDS = 3600.0

# One thing to do; raises DependencyUnavailable. Several processes may do it at once.
Chore = Callable[[], Awaitable[None]]


class Upkeep:
    """Does each of its chores at its start and every `every_seconds` from then on."""

    def __init__(self, chores: Sequence[Chore], *, every_seconds: float = EVERY_SECONDS) -> None:
        self._chores = chores
        self._every_seconds = every_seconds

    async def run_forever(self) -> None:
        """Ends by cancellation."""
        while True:
            for chore in self._chores:
                try:
                    await chore()
                except DependencyUnavailable as fault:
                    log.warning("upkeep_waits", reason=str(fault))
                except Exception as error:
                    # A fault of our own must not end the upkeep for as long as the process lives.
                    log.error("upkeep_failed", exc_info=error)
            await asyncio.sleep(self._every_seconds)
