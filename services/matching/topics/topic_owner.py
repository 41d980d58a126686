"""Whose vectors a topic holds, asked of the topic itself."""

from __future__ import annotations

import time

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from libs.contracts import events
from libs.contracts.errors import RecordRejected
from libs.contracts.events import VectorsEvent
from libs.messaging.admin.cluster import partitions
from libs.messaging.connection.faults import unreachable
from libs.messaging.connection.settings import KafkaSettings

# The embedded broker's end offsets are slightly off: what does not come within so long is not there.
SILENCE_SECONDS = 3.0


async def space_in(settings: KafkaSettings, topic: str) -> str | None:
    """The space of the first vectors that the topic still holds, None where it holds none.

    Raises DependencyUnavailable.
    """
    all_of_it = (await partitions(settings)).get(topic, [])
    reader = AIOKafkaConsumer(**settings.client_options(), enable_auto_commit=False)
    try:
        await reader.start()
        reader.assign(all_of_it)
        begin, end = await reader.beginning_offsets(all_of_it), await reader.end_offsets(all_of_it)
        wanted = [one for one in all_of_it if end[one] > begin[one]]
        if not wanted:
            return None
        reader.assign(wanted)
        await reader.seek_to_beginning(*wanted)
        heard = time.monotonic()
        while wanted and time.monotonic() - heard < SILENCE_SECONDS:
            found = await reader.getmany(timeout_ms=200, max_records=50)
            for records in found.values():
                heard = time.monotonic()
                for record in records:
                    space = _space_of(record.value)
                    if space is not None:
                        return space
            wanted = [one for one in wanted if await reader.position(one) < end[one]]
    except (KafkaError, OSError) as error:
        raise unreachable(settings, error) from error
    finally:
        await reader.stop()
    return None


def _space_of(value: bytes | None) -> str | None:
    try:
        return None if value is None else events.decode(value, VectorsEvent).embedding.space
    except RecordRejected:
        return None  # the consumer dead-letters it; here it tells nothing
