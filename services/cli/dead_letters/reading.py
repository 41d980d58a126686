"""Reads the dead-letter topics, without a consumer group and without leaving a trace."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from libs.contracts.errors import DependencyUnavailable
from libs.contracts.topics import MIB, dead_letters_topic
from libs.messaging.admin.cluster import partitions
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.records import Record, record_of
from services.cli.faults import CommandFault

TOPIC_FORM = re.compile(r"dead-letters\.([a-z0-9-]+)\.v1")
# The embedded broker's end offsets are slightly off: a partition that stays silent this long has been read.
SILENCE_SECONDS = 2.0
LARGEST_BYTES = 19 * MIB
# How long one record may take from a broker that says it has it.
READ_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reference:
    """Names a dead letter: SERVICE/PARTITION/OFFSET."""

    service: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.service}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Reads SERVICE/PARTITION/OFFSET. Raises CommandFault where it is not of that form."""
        match = re.fullmatch(r"([a-z0-9-]+)/(\d+)/(\d+)", text)
        if match is None:
            raise CommandFault(f"{text!r} names no dead letter: the form is SERVICE/PARTITION/OFFSET, as `list` shows")
        return cls(match[1], int(match[2]), int(match[3]))

    @classmethod
    def of(cls, record: Record) -> Reference:
        """What a record of a dead-letter topic is named by."""
        match = TOPIC_FORM.fullmatch(record.topic)
        assert match is not None
        return cls(match[1], record.partition, record.offset)


async def read_all(settings: KafkaSettings, service: str | None) -> AsyncIterator[Record]:
    """Every dead letter (of one service), oldest first per partition. Raises DependencyUnavailable."""
    topics = {name: found for name, found in (await partitions(settings)).items() if TOPIC_FORM.fullmatch(name)}
    if service is not None:
        topics = {name: found for name, found in topics.items() if name == dead_letters_topic(service)}
    wanted = [partition for name in sorted(topics) for partition in topics[name]]
    if not wanted:
        return
    async with _reader(settings, where_expired="earliest") as consumer:
        consumer.assign(wanted)
        await consumer.seek_to_beginning(*wanted)
        ends = await consumer.end_offsets(wanted)
        heard = time.monotonic()
        while time.monotonic() - heard < SILENCE_SECONDS:
            if all([await consumer.position(one) >= ends[one] for one in wanted]):
                return
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for raw in records:
                    heard = time.monotonic()
                    yield record_of(raw)


async def read_some(settings: KafkaSettings, references: list[Reference]) -> list[Record]:
    """The dead letters named, in that order, each read where it lies.

    Raises CommandFault where one isn't there, DependencyUnavailable while no broker answers.
    """
    existing = await partitions(settings)
    found: dict[Reference, Record] = {}
    async with _reader(settings, where_expired="none") as consumer:
        for reference in dict.fromkeys(references):
            partition = TopicPartition(dead_letters_topic(reference.service), reference.partition)
            if partition in existing.get(partition.topic, []):
                record = await _read_at(consumer, partition, reference.offset)
                if record is not None:
                    found[reference] = record
    missing = [str(reference) for reference in dict.fromkeys(references) if reference not in found]
    if missing:
        raise CommandFault(f"no such dead letter: {', '.join(missing)} (`list` shows those there are)")
    return [found[reference] for reference in references]


async def _read_at(consumer: AIOKafkaConsumer, partition: TopicPartition, offset: int) -> Record | None:
    """The record at an offset; None where the partition ends before it, begins behind it or has a gap there."""
    consumer.assign([partition])
    consumer.seek(partition, offset)
    end = (await consumer.end_offsets([partition]))[partition]
    try:
        async with asyncio.timeout(READ_SECONDS if offset < end else SILENCE_SECONDS):
            raw = await consumer.getone(partition)
    except OffsetOutOfRangeError:
        return None
    except TimeoutError:
        if offset < end:
            raise
        return None
    return record_of(raw) if raw.offset == offset else None


@asynccontextmanager
async def _reader(settings: KafkaSettings, *, where_expired: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer without a group, to be told where to read.

    At an offset that is gone, `where_expired` "none" raises and "earliest" goes on with the first there is.
    Raises DependencyUnavailable while no broker answers.
    """
    consumer = AIOKafkaConsumer(
        **settings.client_options(),
        enable_auto_commit=False,
        auto_offset_reset=where_expired,
        isolation_level="read_committed",
        max_partition_fetch_bytes=LARGEST_BYTES,
        fetch_max_bytes=LARGEST_BYTES,
    )
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, OSError) as error:
        what = str(error) or type(error).__name__
        raise DependencyUnavailable("broker", f"{settings.kafka_bootstrap}: {what}") from error
    finally:
        await consumer.stop()
