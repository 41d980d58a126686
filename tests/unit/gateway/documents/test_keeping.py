"""Statuses that wait for matching's table go there together, each told what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.events import SourceEvent, StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging.reporting import status_event
from services.gateway.documents.keeping import AT_ONCE, Keeping

pytestmark = pytest.mark.unit


class Matching:
    """Answers once it is told to; `away` is what it raises then."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[str]]] = []
        self.goes_on = asyncio.Event()
        self.away: Exception | None = None

    async def note_statuses(self, tenant: str, events: Sequence[StatusEvent]) -> None:
        self.calls.append((tenant, [event.id for event in events]))
        await self.goes_on.wait()
        if self.away is not None:
            raise self.away


def queued(name: str, tenant: str = "acme") -> StatusEvent:
    key = DocumentKey(tenant, "resume", name)
    return status_event(key, Revision(1, 1), Status.QUEUED, source_event=SourceEvent("/test", "1"))


async def begun(keeping: Keeping, *statuses: StatusEvent) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(keeping.keep(status)) for status in statuses]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


async def test_what_waits_goes_together_in_its_order_and_tenants_apart() -> None:
    matching: Any = Matching()
    keeping = Keeping(matching)
    tasks = await begun(keeping, queued("first"))
    tasks += await begun(keeping, *(queued(f"r{number}") for number in range(AT_ONCE + 1)), queued("other", "bolt"))
    assert matching.calls == [("acme", ["first"]), ("bolt", ["other"])]
    assert not any(task.done() for task in tasks)
    matching.goes_on.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    assert matching.calls[2:] == [
        ("acme", [f"r{number}" for number in range(AT_ONCE)]),
        ("acme", [f"r{AT_ONCE}"]),
    ]
    await asyncio.wait_for(keeping.keep(queued("later")), 10)


async def test_each_is_told_that_it_was_not_kept_and_the_next_goes_on() -> None:
    matching: Any = Matching()
    keeping, matching.away = Keeping(matching), DependencyUnavailable("matching", "gone")
    tasks = await begun(keeping, queued("r1"))
    tasks += await begun(keeping, queued("r2"), queued("r3"))
    tasks[2].cancel()
    matching.goes_on.set()
    ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
    assert [type(each) for each in ended] == [DependencyUnavailable, DependencyUnavailable, asyncio.CancelledError]
    matching.away = None
    await asyncio.wait_for(keeping.keep(queued("r4")), 10)
