"""What reading does when it fails on the way, and what health says of a consumer that does not read."""

import asyncio

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.codec import has_lz4, has_snappy, has_zstd
from aiokafka.errors import KafkaConnectionError, UnsupportedCodecError

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import MIB
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer import liveness, polling
from libs.messaging.consumer.polling import Polling
from libs.messaging.consumer.progress_notes import InProgress, NotesInFolder
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.messaging.records import Record
from libs.resilience.breaker import BreakerOpen
from libs.telemetry.health import Health

pytestmark = pytest.mark.unit
ONE, TWO = TopicPartition("t", 0), TopicPartition("t", 1)


class Member:
    """An aiokafka consumer of two partitions, of which the second was never committed."""

    group = "g"
    seconds_since_poll = 0.0

    def __init__(self) -> None:
        self.sought: dict[TopicPartition, int | str] = {}
        self.unreadable: Exception | None = None
        self.records: list[ConsumerRecord] = []
        self.away = False
        self.behind = 0

    @property
    def client(self) -> "Member":
        return self

    async def getmany(self, **_):
        if self.unreadable is not None:
            raise self.unreadable
        return {ONE: self.records}

    def assignment(self):
        return {ONE, TWO}

    def paused(self):
        return set()

    async def committed(self, partition):
        return 7 if partition == ONE else None

    def seek(self, partition, offset) -> None:
        self.sought[partition] = offset

    async def seek_to_beginning(self, partition) -> None:
        self.sought[partition] = "start"

    async def topics(self):
        if self.away:
            raise KafkaConnectionError("nobody there")

    def lag(self):
        return {"t": self.behind}


def test_records_of_every_codec_can_be_unpacked():
    assert has_lz4()
    assert has_zstd()
    assert has_snappy()


async def test_after_a_reading_that_failed_all_partitions_begin_at_what_is_committed(monkeypatch):
    monkeypatch.setattr(polling, "backoff_seconds", lambda attempt: 0)
    health, member = Health("x"), Member()
    reading = Polling("g", health, {}, max_records=10, skips_markers=False)
    member.unreadable = UnsupportedCodecError("zstd")
    assert await reading.read(member) == []
    assert member.sought == {ONE: 7, TWO: "start"}
    assert health.parts[polling.PART].status == "degraded"
    member.unreadable = None
    member.records = [ConsumerRecord("t", 0, 7, 0, 1, b"k", b"value", None, 1, 5, ())]
    assert [record.value for record in await reading.read(member)] == [b"value"]
    assert health.parts[polling.PART].status == "ok"


async def test_health_says_that_the_broker_is_away_and_that_it_is_back():
    health, member = Health("x"), Member()
    member.away = True
    await liveness.look(member, health)
    assert "nobody there" in (health.parts["broker"].reason or "")
    assert health.live
    member.away = False
    await liveness.look(member, health)
    assert health.parts["broker"].status == "ok"


@pytest.mark.parametrize(("age", "behind", "live"), [(1e4, 1, False), (1e4, 0, True), (1.0, 1, True)])
async def test_a_restart_is_asked_for_only_where_records_wait_and_nobody_reads(age, behind, live):
    health, member = Health("x"), Member()
    member.seconds_since_poll, member.behind = age, behind
    await liveness.look(member, health)
    assert health.live is live


def test_large_records_are_worked_on_in_parts_by_their_bytes():
    in_progress = InProgress(NotesInFolder(None, "g"), lambda: None)
    records = [Record("t", 0, offset, 0, 1, b"k", bytes(7 * MIB)) for offset in range(5)]
    assert len(in_progress.portion(records, 100)) == 2
    assert len(in_progress.portion([Record("t", 0, 1, 0, 1, b"k", bytes(17 * MIB)), *records], 100)) == 1


async def test_while_the_broker_keeps_failing_nobody_waits_for_it():
    class Away:
        calls = 0

        async def send(self, *_, **__):
            self.calls += 1
            raise KafkaConnectionError("nobody there")

    away = Away()
    publisher = KafkaPublisher(KafkaSettings(kafka_bootstrap="127.0.0.1:9"))
    publisher._producer = away
    for _ in range(2):
        with pytest.raises(DependencyUnavailable, match="did not acknowledge"):
            await publisher.publish(Outgoing("t", b"k", b"v"))
    with pytest.raises(BreakerOpen):
        await publisher.publish(Outgoing("t", b"k", b"v"))
    assert away.calls == 2


@pytest.mark.parametrize(("left", "passed"), [(False, {ONE: 9}), (True, None)])
async def test_an_idle_member_commits_behind_what_is_nobodys_but_never_past_what_it_left_undone(left, passed):
    class Idle(Member):
        done = None

        async def position(self, partition):
            return 9 if partition == ONE else 0

        async def commit(self, offsets):
            self.done = dict(offsets)

    member = Idle()
    reading = Polling("g", Health("x"), {}, max_records=10, skips_markers=True)
    reading.left_undone = left
    await reading.read(member)
    assert member.done == passed


async def test_a_fault_of_our_own_in_going_back_does_not_end_the_reading(monkeypatch):
    monkeypatch.setattr(polling, "backoff_seconds", lambda attempt: 0)

    class Faulty(Member):
        faults = 1

        async def committed(self, partition):
            if self.faults:
                self.faults -= 1
                raise ValueError("a bug")
            return await super().committed(partition)

    member = Faulty()
    member.unreadable = UnsupportedCodecError("zstd")
    assert await Polling("g", Health("x"), {}, max_records=10, skips_markers=False).read(member) == []
    assert member.sought == {ONE: 7, TWO: "start"}


async def test_partitions_that_move_while_an_idle_member_asks_for_its_positions_are_no_fault():
    committed = {}

    class Moving(Member):
        done = None

        async def position(self, partition):
            committed.clear()  # as a member does that gives its partitions away
            return 9 if partition == ONE else 0

        async def commit(self, offsets):
            self.done = dict(offsets)

    member = Moving()
    assert await Polling("g", Health("x"), committed, max_records=10, skips_markers=True).read(member) == []
    assert member.done == {ONE: 9}


async def test_the_watch_goes_on_after_a_fault_of_its_own(monkeypatch):
    monkeypatch.setattr(liveness, "WATCH_SECONDS", 0)
    told = asyncio.Event()

    class Faulty(Member):
        faults = 1

        async def topics(self):
            if self.faults:
                self.faults -= 1
                raise ValueError("a bug")
            told.set()

    watching = asyncio.create_task(liveness.watch(Faulty(), Health("x")))
    async with asyncio.timeout(10):
        await asyncio.wait({watching, asyncio.create_task(told.wait())}, return_when=asyncio.FIRST_COMPLETED)
    assert not watching.done()
    watching.cancel()


@pytest.mark.parametrize("paused_after", [0, 1])
async def test_a_partition_whose_beginning_is_being_found_is_not_sought_in_after_a_failed_reading(
    monkeypatch, paused_after
):
    """Its beginning may lie before what is committed: to go on there would leave records out of the reader's store."""
    monkeypatch.setattr(polling, "backoff_seconds", lambda attempt: 0)

    class Assigned(Member):
        asked = 0

        def paused(self):
            return {ONE} if self.asked >= paused_after else set()

        async def committed(self, partition):
            self.asked += 1
            return await super().committed(partition)

        def assignment(self):
            return {ONE}

    member = Assigned()
    member.unreadable = UnsupportedCodecError("zstd")
    await Polling("g", Health("x"), {}, max_records=10, skips_markers=False).read(member)
    assert member.sought == {}
