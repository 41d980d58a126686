"""A member of a group, as a process of its own, that dies at records holding `deadly`.

Told by its environment: GROUP, TOPIC, DONE (a file: one line for each record that came to an end) and Kafka's.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from libs.contracts.errors import RecordRejected
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.consumer.consumer import Consumer
from libs.messaging.records import Record
from libs.telemetry.health import Health

DEADLY = b"deadly"
DIED = 9


class Mortal:
    """Writes down each record it finished; the process ends at a deadly one, without a word."""

    service = "ingest"

    async def handle(self, records: Sequence[Record]) -> None:
        if any(DEADLY in (record.value or b"") for record in records):
            os._exit(DIED)
        for record in records:
            _write("done", record)

    async def dead_letter(self, record: Record, fault: RecordRejected, attempts: int) -> None:
        _write(f"dead-lettered at {attempts}", record)


def _write(end: str, record: Record) -> None:
    with Path(os.environ["DONE"]).open("a") as file:
        file.write(f"{end}: {(record.value or b'').decode()}\n")


async def main() -> None:
    consumer = Consumer(
        KafkaSettings(),
        Mortal(),
        Health("x"),
        group=os.environ["GROUP"],
        topics=[os.environ["TOPIC"]],
        session_seconds=6,
    )
    await consumer.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
