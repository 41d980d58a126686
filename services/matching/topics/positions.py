"""How far the topics are in the database, so that an empty database, or an older one put back, is filled again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition

from libs.contracts.errors import DependencyUnavailable
from libs.database.transactions import Reading
from libs.messaging.records import Record
from libs.telemetry.logs import get_logger
from services.matching.storage.database import Database

log = get_logger(__name__)

_WRITE = """
INSERT INTO matching.positions (topic, number, next, read_before) VALUES ($1, $2, $3, $4)
ON CONFLICT (topic, number) DO UPDATE SET next = excluded.next, read_before = excluded.read_before
"""


@dataclass(frozen=True, slots=True)
class Position:
    """`next`: the offset to read on from. `read_before`: below it an earlier database had everything (0: none had)."""

    next: int
    read_before: int


class StoredPositions:
    """The Positions of matching.

    Records that the group has committed and the database lacks are read again; for these `is_replay` is true.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[TopicPartition, Position] = {}

    async def begin(
        self, committed: Mapping[TopicPartition, int | None], firsts: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """See `Positions.begin`. Logs `read_again` where the database lacks records that the group has committed."""
        found: dict[TopicPartition, Position] = {}
        async with self._database.writing_shared() as connection:
            stored = await _stored(connection, committed)
            for partition, group in sorted(committed.items()):
                found[partition] = start_at(stored.get(partition, Position(0, 0)), group, firsts.get(partition, 0))
            await connection.executemany(_WRITE, _rows(found))
        self._known |= found
        again = {partition: at for partition, at in found.items() if at.next < (committed[partition] or 0)}
        if again:
            records = sum((committed[partition] or 0) - at.next for partition, at in again.items())
            log.warning("read_again", partitions=len(again), offsets=records, why="the database is empty or older")
        return {partition: at.next for partition, at in found.items()}

    async def done(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Positions.done`. Raises DependencyUnavailable also where the database was replaced meanwhile."""
        found: dict[TopicPartition, Position] = {}
        async with self._database.writing_shared() as connection:
            stored = await _stored(connection, offsets)
            for partition, offset in sorted(offsets.items()):
                known = self._known.get(partition, Position(0, 0))
                if stored.get(partition, Position(0, 0)).next < known.next:
                    raise DependencyUnavailable(
                        "database",
                        f"it knows less of {partition.topic} than this process wrote: it was replaced while matching "
                        "ran. Start matching again, so that it is filled",
                    )
                found[partition] = Position(offset, known.read_before if known.read_before > offset else 0)
            await connection.executemany(_WRITE, _rows(found))
        self._known |= found

    def is_replay(self, record: Record) -> bool:
        """Whether all that was to be published of the record was published before, and only the database lacks it."""
        known = self._known.get(TopicPartition(record.topic, record.partition))
        return known is not None and record.offset < known.read_before


async def is_being_filled(connection: Reading) -> bool:
    """Whether the database still lacks what another one had: what it does not know may exist."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT 1 FROM matching.positions WHERE read_before > next)"))


def start_at(stored: Position, group: int | None, first: int) -> Position:
    """Where to read a partition on: `group` is what the group committed, `first` where the log begins by now."""
    if group is None:
        # The group never read it, or the topic is a new one: the stored offset is of another log.
        return Position(0, 0)
    # What retention removed cannot be read again, nor waited for.
    lacking = max(stored.next, first)
    if lacking < group:
        return Position(lacking, max(group, stored.read_before))
    return Position(group, stored.read_before if stored.read_before > group else 0)


async def _stored(connection: Reading, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, Position]:
    rows = await connection.fetch(
        "SELECT * FROM matching.positions WHERE topic = ANY($1)", list({partition.topic for partition in partitions})
    )
    return {TopicPartition(row["topic"], row["number"]): Position(row["next"], row["read_before"]) for row in rows}


def _rows(positions: Mapping[TopicPartition, Position]) -> list[tuple[object, ...]]:
    return [(one.topic, one.partition, at.next, at.read_before) for one, at in positions.items()]
