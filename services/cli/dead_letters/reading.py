"""Reads the dead-letter topics, without a consumer group and without leaving a trace."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

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
        match = TOPIC_FORM.fullmatch(record.topic)
        assert match is not None
        return cls(match[1], record.partition, record.offset)


async def read_all(settings: KafkaSettings, service: str | None) -> AsyncIterator[Record]:
    """Every dead letter (of one service), oldest first per partition. Raises DependencyUnavailable."""
    topics = {name: found for name, found in (await partitions(settings)).items() if TOPIC_FORM.fullmatch(name)}
    if service is not None:
        topics = {name: found for name, found in topics.items() if name == dead_letters_topic(service)}
    wanted = [partition for name in sorted(topics) for partition in topics[name]]
    consumer = AIOKafkaConsumer(
        **settings.client_options(),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=LARGEST_BYTES,
        fetch_max_bytes=LARGEST_BYTES,
    )
    try:
        await consumer.start()
        if not wanted:
            return
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
    except (KafkaError, OSError) as error:
        what = str(error) or type(error).__name__
        raise DependencyUnavailable("broker", f"{settings.kafka_bootstrap}: {what}") from error
    finally:
        await consumer.stop()


async def read_some(settings: KafkaSettings, references: list[Reference]) -> list[Record]:
    """The dead letters named, in that order. Raises CommandFault where one isn't there."""
    wanted = dict.fromkeys(references)
    found: dict[Reference, Record] = {}
    for service in dict.fromkeys(reference.service for reference in wanted):
        async for record in read_all(settings, service):
            if Reference.of(record) in wanted:
                found[Reference.of(record)] = record
    missing = [str(reference) for reference in wanted if reference not in found]
    if missing:
        raise CommandFault(f"no such dead letter: {', '.join(missing)}")
    return [found[reference] for reference in wanted]
