"""The adapter to FastStream: it makes, secures, starts and stops the consumer; we read from it.

FastStream's own loop goes on behind records whose reading failed, and has no place where that could be changed
(docs/decisions/faststream.md). So the subscriber has no handler: FastStream then starts its consumer and reads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker
from faststream.middlewares import AckPolicy

from libs.contracts.topics import MIB
from libs.messaging.connection.faults import unreachable
from libs.messaging.connection.settings import KafkaSettings

# The group waits so long for a member that still works when partitions move, then goes on without it. Nobody reads
# meanwhile, so the records that are worked on together should take less.
REBALANCE_SECONDS = 14.0
# A batch may take this long before the group takes its partitions away (aiokafka's max_poll_interval).
BATCH_LIMIT_MS = 600_000


class Subscription:
    """One member of a consumer group. `client` may be read from and committed to between `start` and `stop`."""

    def __init__(
        self,
        settings: KafkaSettings,
        listener: ConsumerRebalanceListener,
        *,
        group: str,
        topics: Sequence[str],
        pattern: str | None,
        session_seconds: float,
    ) -> None:
        self._settings = settings
        self._broker = KafkaBroker(
            **settings.connection_options(),
            security=settings.faststream_security(),
            consumer_only=True,
            allow_auto_create_topics=False,
            apply_types=False,
            logger=None,
        )
        self._subscriber = self._broker.subscriber(
            *topics,
            # FastStream reads single braces as path parameters.
            pattern=pattern and pattern.replace("{", "{{").replace("}", "}}"),
            group_id=group,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=listener,
            # The embedded broker answers a waiting fetch only at its end; Kafka does as soon as a record comes.
            fetch_max_wait_ms=150 if settings.on_tryout_broker else 500,
            fetch_max_bytes=32 * MIB,
            # Records of an aborted transaction were never sent.
            isolation_level="read_committed",
            max_poll_interval_ms=BATCH_LIMIT_MS,
            session_timeout_ms=int(session_seconds * 1000),
            heartbeat_interval_ms=int(session_seconds * 250),
            rebalance_timeout_ms=int(REBALANCE_SECONDS * 1000),
        )

    @property
    def client(self) -> Any:
        """The AIOKafkaConsumer; None before `start` and after `stop`."""
        return self._subscriber.consumer

    async def start(self) -> None:
        """Joins the group. Raises DependencyUnavailable while no broker answers."""
        try:
            await self._broker.start()
        except (KafkaError, OSError) as error:
            await self._broker.stop()
            raise unreachable(self._settings, error) from error

    async def stop(self) -> None:
        """Leaves the group and closes the connections; may be called twice."""
        await self._broker.stop()
