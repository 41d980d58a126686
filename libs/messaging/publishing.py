"""Publishing: returns once all in-sync replicas have acknowledged the records.

aiokafka's producer is used directly: FastStream's `publish` takes a mapping of text headers, and a dead letter must
carry the headers of its record as they came, also null, repeated and not UTF-8 (docs/decisions/publishing.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError, UnknownError

from libs.contracts.errors import DependencyUnavailable, ErrorCode, RecordRejected
from libs.contracts.topics import MIB
from libs.messaging.connection.faults import unreachable
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.metrics import PUBLISHED
from libs.resilience.breaker import CircuitBreaker
from libs.resilience.calling import calling
from libs.telemetry.record_spans import Sending

# Above the largest topic's records (dead letters, 18 MiB), with room for the protocol's own bytes.
MAX_REQUEST_BYTES = 19 * MIB
PUBLISH_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to publish. A value of None is a tombstone. Without a partition the key decides which it goes to."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """Where a record lies now. `timestamp` in ms since 1970; `timestamp_type` 1 where the broker set it."""

    partition: int
    offset: int
    timestamp: int
    timestamp_type: int


class Publisher(Protocol):
    """Publishes records; returns once the broker has them."""

    async def publish(self, record: Outgoing) -> Published:
        """Returns where the record lies now, and when the broker stamped it.

        Raises DependencyUnavailable where the broker does not acknowledge it in time, RecordRejected (`too_large`,
        `internal`) where it refuses the record.
        """
        ...

    async def publish_all(self, records: Sequence[Outgoing]) -> list[Published]:
        """Publishes many at once; those of one partition stay in order. When it raises, some may be published."""
        ...


class KafkaPublisher:
    """The Publisher on Kafka. `start` raises DependencyUnavailable while no broker answers.

    A call takes at most `seconds`. While the broker keeps failing, one call at a time tries it; the others fail at
    once (BreakerOpen, a DependencyUnavailable).
    """

    def __init__(self, settings: KafkaSettings, *, seconds: float = PUBLISH_SECONDS) -> None:
        self._settings = settings
        self._seconds = seconds
        self._breaker = CircuitBreaker("broker", fail_max=2, reset_seconds=0.5)
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connects. Raises DependencyUnavailable while no broker answers."""
        # Idempotence is off: the embedded broker lacks it and aiokafka's never expires a batch; a
        # retry's duplicate carries the same revision and has no effect.
        producer = AIOKafkaProducer(
            **self._settings.client_options(),
            acks="all",
            max_request_size=MAX_REQUEST_BYTES,
            enable_idempotence=False,
            # The embedded broker counts a batch as one record in the end offsets it tells, so there each
            # record is a batch of its own.
            max_batch_size=1 if self._settings.on_tryout_broker else 16_384,
        )
        try:
            await producer.start()
        except (KafkaError, OSError) as error:
            await producer.stop()
            raise unreachable(self._settings, error) from error
        self._producer = producer

    async def stop(self) -> None:
        """Waits until the broker has what was sent, then closes the connections."""
        if self._producer is not None:
            await self._producer.stop()
            self._producer = None

    async def publish(self, record: Outgoing) -> Published:
        """See `Publisher.publish`."""
        return (await self.publish_all([record]))[0]

    async def publish_all(self, records: Sequence[Outgoing]) -> list[Published]:
        """See `Publisher.publish_all`. Takes at most `seconds` for all of them together."""
        if self._producer is None:
            raise DependencyUnavailable("broker", "the producer is not started")
        if not records:
            return []
        async with calling("broker", self._seconds, self._breaker, f"{len(records)} records"):
            with _timed():
                return await self._acknowledged(self._producer, records)

    async def _acknowledged(self, producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[Published]:
        acknowledgements = []
        try:
            for record in records:
                sending = Sending(record)
                acknowledgements.append(
                    await sending.buffered(
                        producer.send(
                            record.topic,
                            value=record.value,
                            key=record.key,
                            partition=record.partition,
                            headers=sending.headers,
                        )
                    )
                )
            done = await asyncio.gather(*acknowledgements)
        except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
            raise RecordRejected(ErrorCode.TOO_LARGE, f"the broker refuses a record of this size: {error}") from error
        except UnknownError as error:
            # aiokafka shows INVALID_RECORD so; retrying what nobody knows would never end.
            raise RecordRejected(ErrorCode.INTERNAL, f"the broker refuses the record: {error}") from error
        except (KafkaError, OSError) as error:
            what = str(error) or type(error).__name__
            raise DependencyUnavailable("broker", f"did not acknowledge a record: {what}") from error
        finally:
            _ignore_the_rest(acknowledgements)
        return [
            Published(m.partition, m.offset, -1 if m.timestamp is None else m.timestamp, m.timestamp_type) for m in done
        ]


@contextmanager
def _timed() -> Iterator[None]:
    """Tells the metric how long a call took, and how it ended."""
    began, outcome = time.monotonic(), "unavailable"
    try:
        yield
        outcome = "acknowledged"
    except RecordRejected:
        outcome = "refused"
        raise
    finally:
        PUBLISHED.labels(outcome).observe(time.monotonic() - began)


def _ignore_the_rest(acknowledgements: Sequence[asyncio.Future[object]]) -> None:
    """After one failure nobody awaits the others; fetch their errors, so that asyncio does not report them as lost."""
    for acknowledgement in acknowledgements:
        acknowledgement.add_done_callback(lambda done: done.cancelled() or done.exception())
