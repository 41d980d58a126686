"""A service whose parts start behind an open port."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator

import pytest
from litestar import Litestar

from libs.running.cannot_start import CannotStart
from libs.running.parts import RunningParts
from libs.running.runner import ServiceRunner, StartParts
from libs.telemetry.health import Health

pytestmark = pytest.mark.unit


@pytest.fixture
def told_to_end() -> Iterator[asyncio.Event]:
    """Set by SIGTERM, which would end the tests otherwise."""
    told = asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: told.set())
    yield told
    signal.signal(signal.SIGTERM, before)


def app_of(start: StartParts) -> tuple[Litestar, ServiceRunner]:
    runner = ServiceRunner(Health("test"), start)
    return Litestar(lifespan=[runner.lifespan], state=runner.state, openapi_config=None, logging_config=None), runner


async def test_the_port_opens_before_the_parts_are_there_and_a_stop_in_the_middle_closes_what_is_open() -> None:
    begun, order = asyncio.Event(), list[str]()

    async def start(parts: RunningParts) -> None:
        async def stop() -> None:
            order.append("stopped")

        parts.on_stop(stop)
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            order.append("left off")

    app, runner = app_of(start)
    async with asyncio.timeout(10), runner.lifespan(app):
        await begun.wait()
    assert order == ["left off", "stopped"]
    assert app.state.exit_code == 0


@pytest.mark.parametrize("fault", [CannotStart("set TRYOUT_STAMP"), ValueError("a bug of ours")])
async def test_a_start_that_cannot_heal_ends_the_process_with_exit_code_1(
    told_to_end: asyncio.Event, fault: Exception
) -> None:
    async def start(parts: RunningParts) -> None:
        raise fault

    app, runner = app_of(start)
    async with asyncio.timeout(10), runner.lifespan(app):
        await told_to_end.wait()
    assert app.state.exit_code == 1


async def test_work_in_the_background_that_fails_ends_the_process_with_exit_code_1(told_to_end: asyncio.Event) -> None:
    async def work() -> None:
        raise ValueError("a bug of ours")

    async def start(parts: RunningParts) -> None:
        parts.in_background(work(), "work")

    app, runner = app_of(start)
    async with asyncio.timeout(10), runner.lifespan(app):
        await told_to_end.wait()
    assert app.state.exit_code == 1


async def test_a_stop_after_a_failed_start_waits_until_the_parts_have_stopped(told_to_end: asyncio.Event) -> None:
    stopped = asyncio.Event()

    async def start(parts: RunningParts) -> None:
        async def stop() -> None:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            stopped.set()

        parts.on_stop(stop)
        raise CannotStart("a setting is wrong")

    app, runner = app_of(start)
    async with asyncio.timeout(10), runner.lifespan(app):
        await told_to_end.wait()
    assert stopped.is_set()


async def test_work_in_the_background_that_fails_while_the_start_still_waits_ends_the_process_as_well(
    told_to_end: asyncio.Event,
) -> None:
    order: list[str] = []

    async def work() -> None:
        raise ValueError("a bug of ours")

    async def stop() -> None:
        order.append("stopped")

    async def start(parts: RunningParts) -> None:
        parts.on_stop(stop)
        parts.in_background(work(), "work")
        try:
            await asyncio.Event().wait()  # a broker that never comes
        finally:
            order.append("left off")

    app, runner = app_of(start)
    async with asyncio.timeout(10), runner.lifespan(app):
        await told_to_end.wait()
    assert app.state.exit_code == 1
    assert order == ["left off", "stopped"]
