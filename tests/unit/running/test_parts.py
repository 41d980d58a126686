"""Starting a service's parts one after the other, and stopping them."""

from __future__ import annotations

import asyncio

import pytest

from libs.contracts.errors import DependencyUnavailable
from libs.running import parts as running_parts
from libs.running.parts import RunningParts
from libs.telemetry.health import Health

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    monkeypatch.setattr(running_parts, "LONGEST_WAIT_SECONDS", 0.01)


@pytest.fixture
def health() -> Health:
    found = Health("test")
    found.started()
    return found


async def test_a_part_is_tried_until_it_is_there_and_health_says_what_it_waits_for(health: Health) -> None:
    parts, tries, seen = RunningParts(health), [0], list[str | None]()

    async def step() -> None:
        tries[0] += 1
        if tries[0] > 1:
            seen.append(health.parts["database"].reason)
        if tries[0] < 3:
            raise DependencyUnavailable("database", f"no answer {tries[0]}")

    await parts.until_there("database", step)
    assert seen == ["database: no answer 1", "database: no answer 2"]
    assert health.parts["database"].status == "ok"


async def test_steps_go_in_order_and_a_part_is_not_ready_before_its_last_step(health: Health) -> None:
    parts, order = RunningParts(health), list[str]()
    health.waits_for("broker", "not looked at yet")

    async def first() -> None:
        order.append("first")

    async def second() -> None:
        order.append(f"second, ready: {health.ready}")

    await parts.until_there("broker", first, second)
    assert order == ["first", "second, ready: False"]
    assert health.ready


async def test_a_fault_that_waiting_does_not_mend_is_not_waited_out(health: Health) -> None:
    async def step() -> None:
        raise ValueError("wrong role")

    with pytest.raises(ValueError, match="wrong role"):
        await RunningParts(health).until_there("database", step)


async def test_everything_stops_in_reverse_whatever_one_of_them_raises(health: Health) -> None:
    parts, order = RunningParts(health), list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            order.append("work")

    async def stop_first() -> None:
        order.append("first")

    async def stop_second() -> None:
        order.append("second")
        raise OSError("the second does not close")

    parts.on_stop(stop_first)
    parts.on_stop(stop_second)
    parts.in_background(work(), "work")
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="the second"):
        await parts.stop()
    assert order == ["work", "second", "first"]


async def test_work_in_the_background_that_fails_is_told(health: Health) -> None:
    parts = RunningParts(health)

    async def work() -> None:
        raise ValueError("a bug of ours")

    parts.in_background(work(), "work")
    with pytest.raises(ValueError, match="a bug of ours"):
        await asyncio.wait_for(parts.failed(), 5)
    await parts.stop()


async def test_work_in_the_background_may_end_by_itself(health: Health) -> None:
    parts = RunningParts(health)

    async def work() -> None:
        return

    parts.in_background(work(), "work")
    failed = asyncio.create_task(parts.failed())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not failed.done()
    failed.cancel()
    await parts.stop()
