"""One load: everything sent, everything watched to its end, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from services.cli.gateway_client import GatewayClient
from services.cli.load.report import Failure, Report
from services.cli.load.sending import Accepted, Sender
from services.cli.load.settling import Ending, Key, Settling
from services.cli.load.sources import Item

IN_FLIGHT = 8


class Progress(Protocol):
    """Is told how far a load is; counts are of all so far."""

    def update(self, *, sent: int, indexed: int, failed: int) -> None:
        """Takes the counts so far; must not block."""
        ...


async def load(
    client: GatewayClient,
    items: Sequence[Item],
    progress: Progress,
    *,
    interval: float = 0.5,
    patience: float = 600.0,
) -> Report:
    """Sends `items` and returns when each has ended. Of one id, the submissions go in their order, the last counts.

    Raises CommandFault where nothing can come through at all.
    """
    return await _Load(client, items, progress, interval, patience).run()


class _Load:
    def __init__(
        self, client: GatewayClient, items: Sequence[Item], progress: Progress, interval: float, patience: float
    ) -> None:
        self._sender = Sender(client)
        self._settling = Settling(client, self._ended, interval=interval, patience=patience)
        self._progress = progress
        self._of_key: dict[Key, list[Item]] = {}
        for item in items:
            self._of_key.setdefault((item.kind, item.id), []).append(item)
        self._accepted: dict[Key, list[Accepted]] = {}
        self._sent = 0
        self._report = Report()

    async def run(self) -> Report:
        began = time.monotonic()
        queue = iter(list(self._of_key))
        watching = asyncio.create_task(self._settling.watch())
        try:
            async with asyncio.TaskGroup() as senders:
                for _ in range(min(IN_FLIGHT, len(self._of_key))):
                    senders.create_task(self._send_from(queue))
            self._settling.close()
            await watching
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        finally:
            watching.cancel()
        self._report.seconds = time.monotonic() - began
        return self._report

    async def _send_from(self, queue: Iterator[Key]) -> None:
        for key in queue:
            accepted: list[Accepted] = []
            for item in self._of_key[key]:
                outcome = await self._sender.send(item)
                self._sent += 1
                if isinstance(outcome, Accepted):
                    accepted.append(outcome)
                else:
                    self._report.failures.append(Failure(item.id, outcome.source, outcome.code, outcome.message))
                self._tell()
            if accepted:
                self._accepted[key] = accepted
                self._settling.add(accepted[-1])

    def _ended(self, key: Key, ending: Ending) -> None:
        """The last submission's ending stands for the earlier ones of the same load: it took their place."""
        accepted = self._accepted[key]
        if ending.indexed:
            self._report.indexed += len(accepted)
            self._report.waits.append(ending.at - accepted[-1].at)
        else:
            self._report.failures += (
                Failure(one.item.id, one.item.source, ending.code, ending.message) for one in accepted
            )
        self._tell()

    def _tell(self) -> None:
        self._progress.update(sent=self._sent, indexed=self._report.indexed, failed=len(self._report.failures))
