"""Finding a record that kills its process: what is in progress is noted where it survives the process.

Before a member works on records it notes their offsets, and how often they were begun. Committing them removes the
note. A member that takes a partition over and finds a note knows that the process before it died at these records, or
was taken for dead. They are suspects: each runs alone, and one that was begun DEATHS times is dead-lettered.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
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

# After so many deaths of the process a record is dead-lettered.
DEATHS = 3
# aiokafka's commit tries for ever while the broker is away; a note is not worth that.
NOTE_SECONDS = 5.0
# Bytes of values worked on together, whatever their number; a larger value runs alone.
PORTION_BYTES = 16 * MIB
_FORM = 1


@dataclass(frozen=True, slots=True)
class InProgressRange:
    """The offsets of one partition that are in progress, both ends included, begun for the `begun`th time."""

    first: int
    last: int
    begun: int

    def encode(self) -> str:
        """The text that is noted; `decode` reads it."""
        return json.dumps([_FORM, self.first, self.last, self.begun], separators=(",", ":"))

    @classmethod
    def decode(cls, text: str | None) -> InProgressRange | None:
        """Reads a noted text; None where there is none, or none of ours."""
        try:
            form, *numbers = json.loads(text or "")
        except (ValueError, TypeError):
            return None
        if form != _FORM or len(numbers) != 3 or not all(isinstance(number, int) for number in numbers):
            return None
        return cls(*numbers)


class Notes(Protocol):
    """Where notes are kept, by partition. `consumer` is the AIOKafkaConsumer that holds the partitions."""

    async def read(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, InProgressRange]:
        """The notes of these partitions that exist. Raises DependencyUnavailable."""
        ...

    async def write(self, consumer: Any, notes: Mapping[TopicPartition, InProgressRange]) -> None:
        """Notes what is being begun. Raises KafkaError."""
        ...

    async def commit(self, consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
        """Commits the offsets to read on from, and removes the partitions' notes. Raises KafkaError."""
        ...


class NotesInOffsets:
    """Notes in the metadata of the group's committed offsets: whoever takes a partition over finds them there."""

    def __init__(self, settings: KafkaSettings, group: str) -> None:
        self._settings = settings
        self._group = group

    async def read(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, InProgressRange]:
        """See `Notes.read`. Asks the broker."""
        async with admin_client(self._settings) as admin:
            committed = await admin.list_consumer_group_offsets(self._group, partitions=list(partitions))
        return _found({partition: offset.metadata for partition, offset in committed.items()})

    async def write(self, consumer: Any, notes: Mapping[TopicPartition, InProgressRange]) -> None:
        """See `Notes.write`. Commits the offset of the first record once more, with the note as its metadata."""
        await consumer.commit({partition: (note.first, note.encode()) for partition, note in notes.items()})

    async def commit(self, consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Notes.commit`. A commit without metadata removes the note."""
        await consumer.commit(dict(offsets))


class NotesInFolder:
    """Notes in files, for the embedded broker, which keeps no metadata. Without a folder nothing is noted."""

    def __init__(self, folder: Path | None, group: str) -> None:
        self._folder = folder
        self._group = group

    async def read(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, InProgressRange]:
        """See `Notes.read`. Reads small files and blocks while it does; raises OSError where one cannot be read."""
        files = {partition: self._file(partition) for partition in partitions}
        return _found({partition: file.read_text() for partition, file in files.items() if file and file.exists()})

    async def write(self, consumer: Any, notes: Mapping[TopicPartition, InProgressRange]) -> None:
        """See `Notes.write`. Writes small files and blocks while it does; raises OSError where that fails."""
        for partition, note in notes.items():
            if file := self._file(partition):
                file.write_text(note.encode())

    async def commit(self, consumer: Any, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Notes.commit`. The files are removed once the broker has the commit; raises OSError where that fails."""
        await consumer.commit(dict(offsets))
        for partition in offsets:
            if file := self._file(partition):
                file.unlink(missing_ok=True)

    def _file(self, partition: TopicPartition) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"{self._group}.{partition.topic}.{partition.partition}"


class InProgress:
    """The notes of one member. `consumer` gives the AIOKafkaConsumer that commits for it."""

    def __init__(self, notes: Notes, consumer: Callable[[], Any]) -> None:
        self._notes = notes
        self._consumer = consumer
        self._loaded: set[TopicPartition] = set()
        self._suspects: dict[TopicPartition, InProgressRange] = {}
        self._noted: dict[TopicPartition, InProgressRange] = {}

    async def load_notes(self, records: Iterable[Record]) -> None:
        """Reads the notes on the records' partitions, once each until `forget`. Raises DependencyUnavailable."""
        unknown = {_partition(record) for record in records} - self._loaded
        if not unknown:
            return
        found = await self._notes.read(sorted(unknown))
        self._loaded |= unknown
        self._suspects |= found
        for partition, note in found.items():
            log.warning(
                "records_found_in_progress",
                place=f"{partition.topic}/{partition.partition}",
                first=note.first,
                begun=note.begun,
            )

    def forget(self) -> None:
        """Drops what was read of the notes: the partitions went to other members."""
        self._loaded.clear()
        self._suspects.clear()

    def deaths(self, record: Record) -> int:
        """How many processes died while they worked on the record; 0 for one that is no suspect."""
        note = self._suspects.get(_partition(record))
        return note.begun if note is not None and note.first <= record.offset <= note.last else 0

    def portion(self, records: Sequence[Record], most: int) -> list[Record]:
        """The first records, to be worked on together: a suspect alone, else up to the next suspect, `most` records
        and PORTION_BYTES.
        """
        portion: list[Record] = []
        size = 0
        for record in records[:most]:
            if self.deaths(record):
                return portion or [record]
            size += len(record.value or b"")
            if portion and size > PORTION_BYTES:
                return portion
            portion.append(record)
        return portion

    @asynccontextmanager
    async def noted(self, records: Sequence[Record]) -> AsyncIterator[None]:
        """Notes that the records of the block are in progress.

        A fault or a cancellation of the block withdraws the note, a commit removes it; only a death leaves it.
        """
        notes: dict[TopicPartition, InProgressRange] = {}
        for record in records:
            partition, begun = _partition(record), self.deaths(record) + 1
            noted = notes.setdefault(partition, InProgressRange(record.offset, record.offset, begun))
            notes[partition] = InProgressRange(
                min(noted.first, record.offset), max(noted.last, record.offset), max(noted.begun, begun)
            )
        await self._try(self._notes.write(self._consumer(), notes))
        self._noted = notes
        try:
            yield
        except (Exception, asyncio.CancelledError):
            firsts = {partition: note.first for partition, note in notes.items()}
            await self._try(self._notes.commit(self._consumer(), firsts))
            raise
        finally:
            self._noted = {}

    async def withdraw(self) -> None:
        """Takes this member's notes back, since its group is about to go on without it: whoever takes the records over
        must not count a death. What earlier members noted stays.
        """
        firsts = {partition: note.first for partition, note in self._noted.items() if note.begun == 1}
        again = {
            partition: replace(note, begun=note.begun - 1) for partition, note in self._noted.items() if note.begun > 1
        }
        if firsts:
            await self._try(self._notes.commit(self._consumer(), firsts))
        if again:
            await self._try(self._notes.write(self._consumer(), again))

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commits that all below the offsets is done, and removes the notes. Raises KafkaError."""
        await self._notes.commit(self._consumer(), offsets)

    async def _try(self, step: Awaitable[None]) -> None:
        # Without its note a record is at worst tried once more, so a failure here does not stop the work.
        try:
            async with asyncio.timeout(NOTE_SECONDS):
                await step
        except (KafkaError, IllegalStateError, OSError, TimeoutError) as error:
            log.warning("progress_note_failed", reason=str(error) or type(error).__name__)


def killed_process(deaths: int) -> RecordRejected:
    """The fault of a record at which the process died `deaths` times."""
    return RecordRejected(
        ErrorCode.INTERNAL,
        f"the process died {deaths} times while it worked on this document; "
        "it is kept as a dead letter and can be replayed",
    )


def _partition(record: Record) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _found(texts: Mapping[TopicPartition, str]) -> dict[TopicPartition, InProgressRange]:
    notes = {partition: InProgressRange.decode(text) for partition, text in texts.items()}
    return {partition: note for partition, note in notes.items() if note is not None}
