"""The two families of error: what is waited out, what is dead-lettered, and that nothing else stops."""

import asyncio

import pytest

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.messaging.consumer import retrying as work
from libs.messaging.consumer.retrying import Interrupted, Worker
from libs.messaging.dead_letters import LEFT_OUT
from libs.messaging.records import Record
from libs.telemetry.health import Health

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(work, "backoff_seconds", lambda attempt, **_: 0.001)


def record(offset: int, value: bytes = b"good") -> Record:
    return Record("t", 0, offset, 0, 1, b"default/job/1", value)


class Scripted:
    """A Work that fails as it is told: `outages` calls find a dependency away, some values always fail."""

    service = "ingest"

    def __init__(self, outages: int = 0) -> None:
        self.outages = outages
        self.handled: list[int] = []
        self.dead_lettered: list[tuple[int, str, int]] = []
        self.calls = 0

    async def handle(self, records) -> None:
        self.calls += 1
        if self.outages:
            self.outages -= 1
            raise DependencyUnavailable("database", "away")
        for each in records:
            if each.value == b"bug":
                raise KeyError("ours")
            if each.value == b"refused":
                raise RecordRejected(ErrorCode.TOO_LARGE, "too large")
        self.handled += [each.offset for each in records]

    async def dead_letter(self, record, fault, attempts) -> None:
        if self.outages:
            self.outages -= 1
            raise DependencyUnavailable("broker", "away")
        self.dead_lettered.append((record.offset, str(fault.code), attempts))


async def test_an_outage_is_waited_out_and_nothing_is_set_aside():
    scripted = Scripted(outages=5)
    await Worker(scripted, Health("x")).run([record(1), record(2)])
    assert scripted.handled == [1, 2]
    assert scripted.dead_lettered == []


async def test_a_fault_of_our_own_on_one_record_lets_all_others_pass():
    scripted = Scripted()
    await Worker(scripted, Health("x")).run([record(1), record(2, b"bug"), record(3)])
    assert scripted.handled == [1, 3]
    assert scripted.dead_lettered == [(2, "internal", 3)]


async def test_a_records_own_fault_is_not_tried_again():
    scripted = Scripted()
    await Worker(scripted, Health("x")).run([record(1, b"refused"), record(2)])
    assert scripted.handled == [2]
    assert scripted.dead_lettered == [(1, "too_large", 1)]


async def test_setting_a_record_aside_outlasts_an_outage_too():
    scripted = Scripted()

    async def handle(records) -> None:
        scripted.outages = 2
        raise RecordRejected(ErrorCode.EMPTY, "nothing")

    scripted.handle = handle
    await Worker(scripted, Health("x")).run([record(1)])
    assert scripted.dead_lettered == [(1, "empty", 1)]


async def test_during_an_outage_health_says_so_and_an_interruption_leaves_off():
    scripted, health = Scripted(outages=10**9), Health("x")
    worker = Worker(scripted, health)
    task = asyncio.create_task(worker.run([record(1)]))
    async with asyncio.timeout(5):
        while "consumer" not in health.parts:
            await asyncio.sleep(0)
    assert health.parts["consumer"].status == "degraded"
    assert "database" in (health.parts["consumer"].reason or "")
    worker.interrupt()
    with pytest.raises(Interrupted):
        await task
    assert scripted.handled == []
    assert scripted.dead_lettered == []


class Refused(Scripted):
    """Its dead letters are refused with their value."""

    async def dead_letter(self, record, fault, attempts) -> None:
        if record.value:
            raise RecordRejected(ErrorCode.TOO_LARGE, "the broker refuses a record of this size")
        self.dead_lettered.append((record.offset, record.header(LEFT_OUT), attempts))


async def test_a_dead_letter_that_is_refused_goes_without_its_value_and_says_so():
    work = Refused()
    await Worker(work, Health("x")).run([record(1, b"refused"), record(2)])
    assert [offset for offset, _, _ in work.dead_lettered] == [1]
    assert "7 bytes" in work.dead_lettered[0][1]
    assert work.handled == [2]


async def test_health_says_nothing_of_a_pause_that_was_interrupted():
    health = Health("x")
    worker = Worker(Scripted(outages=10_000), health)
    running = asyncio.create_task(worker.run([record(1)]))
    while "consumer" not in health.parts:
        await asyncio.sleep(0)
    assert health.parts["consumer"].status == "degraded"
    worker.interrupt()
    with pytest.raises(Interrupted):
        await running
    assert health.parts["consumer"].status == "ok"


async def test_what_is_done_is_kept_also_when_the_member_is_wanted_elsewhere():
    worker, kept = Worker(Scripted(), Health("x")), []
    worker.interrupt()

    async def keep() -> None:
        kept.append(True)

    await worker.finishing(keep)
    assert kept == [True]


async def test_keeping_what_is_done_is_left_off_where_the_store_is_away_and_the_member_is_wanted_elsewhere():
    worker = Worker(Scripted(), Health("x"))
    worker.interrupt()

    async def keep() -> None:
        raise DependencyUnavailable("broker", "away")

    with pytest.raises(Interrupted):
        await worker.finishing(keep)
