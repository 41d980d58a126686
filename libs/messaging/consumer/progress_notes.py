"""What a member of a group has in hand, written down where it survives the process: a record that kills is found.

Before a member works on records it notes their offsets and how often they were begun; with the commit the note
goes. A note that is found where partitions are taken over was left by a process that died, or was taken for dead:
its records are suspects, which run alone, and one that was begun DEATHS times without an end is set aside.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from libs.contracts.errors import ErrorCode, RecordRejected
from libs.contracts.topics import MIB
from libs.messaging.admin.cluster import admin_client
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.records import Record
from libs.telemetry.logs import get_logger

log = get_logger(__name__)

# At so many deaths of the process a record is set aside.
DEATHS = 3
# aiokafka's commit tries for ever while the broker is away; a note is not worth that.
NOTE_SECONDS = 5.0
# Values worked on together, in bytes, whatever their number; a larger one runs alone.
PART_BYTES = 16 * MIB
_FORM = 1


@dataclass(frozen=True, slots=True)
class InProgressRange:
    """The offsets of one partition that are worked on, both ends included, begun for the `begun`th time."""

    first: int
    last: int
    begun: int

    def encode(self) -> str:
        """As it is written down."""
        return json.dumps([_FORM, self.first, self.last, self.begun], separators=(",", ":"))

    @classmethod
    def decode(cls, text: str | None) -> InProgressRange | None:
        """None where nothing is written, or nothing of ours."""
        try:
            form, *numbers = json.loads(text or "")
        except (ValueError, TypeError):
            return None
        if form != _FORM or len(numbers) != 3 or not all(isinstance(number, int) for number in numbers):
            return None
        return cls(*numbers)


class Notes(Protocol):
    """Where notes are kept, by partition. `consumer` is the member that holds the partitions."""

    async def read(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, InProgressRange]:
        """The notes that are there. Raises DependencyUnavailable."""
        ...

    async def write(self, consumer: Any, notes: Mapping[TopicPartition, InProgressRange]) -> None:
        """Notes what is begun. Raises KafkaError."""
        ...

    async def commit(self, consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
        """Commits the offsets to go on from, and removes the partitions' notes. Raises KafkaError."""
        ...


class NotesInOffsets:
    """In the metadata of the group's committed offsets: whoever takes a partition over finds it there."""

    def __init__(self, settings: KafkaSettings, group: str) -> None:
        self._settings = settings
        self._group = group

    async def read(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, InProgressRange]:
        async with admin_client(self._settings) as admin:
            held = await admin.list_consumer_group_offsets(self._group, partitions=list(partitions))
        return _found({partition: offset.metadata for partition, offset in held.items()})

    async def write(self, consumer: Any, notes: Mapping[TopicPartition, InProgressRange]) -> None:
        await consumer.commit({partition: (note.first, note.encode()) for partition, note in notes.items()})

    async def commit(self, consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
        await consumer.commit(dict(offsets))


class NotesInFolder:
    """In files, for the embedded broker, which keeps no metadata. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None, group: str) -> None:
        self._folder = folder
        self._group = group

    async def read(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, InProgressRange]:
        files = {partition: self._file(partition) for partition in partitions}
        return _found({partition: file.read_text() for partition, file in files.items() if file and file.exists()})

    async def write(self, consumer: Any, notes: Mapping[TopicPartition, InProgressRange]) -> None:
        for partition, note in notes.items():
            if file := self._file(partition):
                file.write_text(note.encode())

    async def commit(self, consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
        await consumer.commit(dict(offsets))
        for partition in offsets:
            if file := self._file(partition):
                file.unlink(missing_ok=True)

    def _file(self, partition: TopicPartition) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"{self._group}.{partition.topic}.{partition.partition}"


class InProgress:
    """What one consumer has in hand. `consumer` gives the member that commits."""

    def __init__(self, notes: Notes, consumer: Callable[[], Any]) -> None:
        self._notes = notes
        self._consumer = consumer
        self._known: set[TopicPartition] = set()
        self._suspects: dict[TopicPartition, InProgressRange] = {}
        self._held: dict[TopicPartition, InProgressRange] = {}

    async def look(self, records: Iterable[Record]) -> None:
        """Looks for notes on the records' partitions, once each until `forget`. Raises DependencyUnavailable."""
        unknown = {_partition(record) for record in records} - self._known
        if not unknown:
            return
        found = await self._notes.read(sorted(unknown))
        self._known |= unknown
        self._suspects |= found
        for partition, note in found.items():
            log.warning(
                "found_in_hand", place=f"{partition.topic}/{partition.partition}", first=note.first, begun=note.begun
            )

    def forget(self) -> None:
        """The partitions went to other members."""
        self._known.clear()
        self._suspects.clear()

    def begun(self, record: Record) -> int:
        """How often the record was begun by processes that are dead; 0 for one that is no suspect."""
        note = self._suspects.get(_partition(record))
        return note.begun if note is not None and note.first <= record.offset <= note.last else 0

    def part(self, records: Sequence[Record], most: int) -> list[Record]:
        """The records to work on together: a suspect alone, else up to the next suspect, `most` and PART_BYTES."""
        part: list[Record] = []
        size = 0
        for record in records[:most]:
            if self.begun(record):
                return part or [record]
            size += len(record.value or b"")
            if part and size > PART_BYTES:
                return part
            part.append(record)
        return part

    @asynccontextmanager
    async def hold(self, records: Sequence[Record]) -> AsyncIterator[None]:
        """Notes the records before the block. A fault or a cancellation takes the note back; only a death leaves it."""
        notes: dict[TopicPartition, InProgressRange] = {}
        for record in records:
            partition, begun = _partition(record), self.begun(record) + 1
            held = notes.setdefault(partition, InProgressRange(record.offset, record.offset, begun))
            notes[partition] = InProgressRange(
                min(held.first, record.offset), max(held.last, record.offset), max(held.begun, begun)
            )
        await self._try(self._notes.write(self._consumer(), notes))
        self._held = notes
        try:
            yield
        except (Exception, asyncio.CancelledError):
            firsts = {partition: note.first for partition, note in notes.items()}
            await self._try(self._notes.commit(self._consumer(), firsts))
            raise
        finally:
            self._held = {}

    async def withdraw(self) -> None:
        """This member is about to be left out since its records take long: whoever takes them over finds no death."""
        firsts = {partition: note.first for partition, note in self._held.items() if note.begun == 1}
        again = {
            partition: replace(note, begun=note.begun - 1) for partition, note in self._held.items() if note.begun > 1
        }
        if firsts:
            await self._try(self._notes.commit(self._consumer(), firsts))
        if again:
            await self._try(self._notes.write(self._consumer(), again))

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """The records below the offsets are done. Raises KafkaError."""
        await self._notes.commit(self._consumer(), offsets)

    async def _try(self, step: Any) -> None:
        # Without its note a record is at worst tried once more; the work itself says what is wrong.
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                await step
        except (KafkaError, IllegalStateError, OSError, TimeoutError) as error:
            log.warning("not_noted", reason=str(error) or type(error).__name__)


def killed(begun: int) -> RecordRejected:
    """What is said of a record at which the process died time and again."""
    return RecordRejected(
        ErrorCode.INTERNAL,
        f"the process died {begun} times while it worked on this document; it was set aside and can be replayed",
    )


def _partition(record: Record) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _found(texts: Mapping[TopicPartition, str]) -> dict[TopicPartition, InProgressRange]:
    notes = {partition: InProgressRange.decode(text) for partition, text in texts.items()}
    return {partition: note for partition, note in notes.items() if note is not None}
