"""Putting dead letters back, and telling what came of each."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from libs.contracts import events
from libs.contracts.errors import DependencyUnavailable, RecordRejected
from libs.contracts.events import StatusEvent
from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status, is_newer
from libs.contracts.topics import STATUS
from libs.messaging import dead_letters
from libs.messaging.admin.cluster import partitions
from libs.messaging.connection.settings import KafkaSettings
from libs.messaging.publishing import KafkaPublisher, Outgoing
from libs.messaging.records import Record
from libs.messaging.reporting import REVISION
from services.cli.dead_letters.reading import SILENCE_SECONDS
from services.cli.faults import CommandFault

# How long is waited for the ends of what was put back.
ANSWER_SECONDS = 30.0
_ENDS = (Status.INDEXED, Status.FAILED, Status.SUPERSEDED, Status.ERASED)
CHANGE = "put back; of a change of metadata no status is reported: look at the document's `metadata_revision`"
NO_DOCUMENT = "put back; it names no document whose status could tell more"


@dataclass(frozen=True, slots=True)
class Submission:
    """The submission that a dead letter is of."""

    key: DocumentKey
    revision: Revision


def submission_of(letter: Record) -> Submission | None:
    """Which submission it is; None where the record names no document."""
    said = letter.header(dead_letters.REVISION) or letter.header(REVISION)
    try:
        key = DocumentKey.decode(letter.key or (letter.header("ce_partitionkey") or "").encode())
        return Submission(key, Revision.parse(said or ""))
    except ValueError:
        return None


def is_change(letter: Record) -> bool:
    """Whether it is a change of metadata alone."""
    return letter.header("ce_type") == events.TYPE_METADATA_CHANGED


def original(letter: Record) -> Outgoing:
    """The record as it was before it became a dead letter, for the topic it came from; it keeps its old revision.

    Raises CommandFault where the dead letter does not say where it came from, or has lost its value.
    """
    topic = letter.header(dead_letters.TOPIC)
    if not topic:
        raise CommandFault(f"{letter.place} does not say which topic it came from (header {dead_letters.TOPIC})")
    if (lost := letter.header(dead_letters.LEFT_OUT)) is not None:
        raise CommandFault(
            f"{letter.place} has lost its value ({lost}): look at {topic}, where the record may still be, or send the "
            "document again"
        )
    ours = (dead_letters.PREFIX, dead_letters.REPLAYED_REVISION)
    headers = [(name, value) for name, value in letter.headers if not name.startswith(ours)]
    revision = letter.header(dead_letters.REVISION)
    if revision is not None:
        headers.append((dead_letters.REPLAYED_REVISION, revision.encode()))
    return Outgoing(topic, letter.key, letter.value, headers)


async def replay(settings: KafkaSettings, letters: Sequence[Record]) -> list[str]:
    """Puts them back and waits for what comes of it, at most ANSWER_SECONDS; a sentence for each.

    Raises DependencyUnavailable, and CommandFault where a letter does not say where it came from.
    """
    outgoing = [original(letter) for letter in letters]
    asked = [None if is_change(letter) else submission_of(letter) for letter in letters]
    async with _statuses(settings, from_start=False) as reader:
        publisher = KafkaPublisher(settings)
        await publisher.start()
        try:
            await publisher.publish_all(outgoing)
        finally:
            await publisher.stop()
        known = KnownStatuses()
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline and not all(each is None or known.end(each) for each in asked):
            known.add(await _read(reader))
    return [
        CHANGE if is_change(letter) else NO_DOCUMENT if each is None else known.outcome(each)
        for letter, each in zip(letters, asked, strict=True)
    ]


async def would_replay(settings: KafkaSettings, letters: Sequence[Record]) -> list[str]:
    """What putting them back would change, as the status topic tells it; a sentence for each. Publishes nothing."""
    known = KnownStatuses()
    async with _statuses(settings, from_start=True) as reader:
        ends = await reader.end_offsets(reader.assignment())
        heard = time.monotonic()
        while time.monotonic() - heard < SILENCE_SECONDS:
            if all([await reader.position(one) >= end for one, end in ends.items()]):
                break
            found = await _read(reader)
            known.add(found)
            heard = time.monotonic() if found else heard
    return [expected_outcome(known, letter) for letter in letters]


class KnownStatuses:
    """What the statuses tell of documents and submissions."""

    def __init__(self) -> None:
        self._ends: dict[Submission, StatusEvent] = {}
        self._newest: dict[DocumentKey, StatusEvent] = {}
        # What is stored and what was erased: a newer submission that failed, or has not ended, hides neither.
        self._indexed: dict[DocumentKey, StatusEvent] = {}
        self._erased: dict[DocumentKey, StatusEvent] = {}

    def add(self, reports: Sequence[StatusEvent]) -> None:
        """Adds what these reports tell, in any order."""
        for report in reports:
            if report.status in _ENDS:
                self._ends[Submission(report.key, report.parsed_revision)] = report
            known = self._newest.get(report.key)
            if report.status is not Status.SUPERSEDED and (known is None or _newer(report, known)):
                self._newest[report.key] = report
            for status, last in ((Status.INDEXED, self._indexed), (Status.ERASED, self._erased)):
                before = last.get(report.key)
                if report.status is status and (before is None or report.parsed_revision > before.parsed_revision):
                    last[report.key] = report

    def blocking(self, one: Submission) -> StatusEvent | None:
        """What keeps the submission from changing anything: an erasure after it, or what is indexed at or above it."""
        erased, indexed = self._erased.get(one.key), self._indexed.get(one.key)
        if erased is not None and erased.parsed_revision >= one.revision:
            return erased
        return indexed if indexed is not None and indexed.parsed_revision >= one.revision else None

    def end(self, one: Submission) -> StatusEvent | None:
        """How the submission ended; None where nothing is known of an end."""
        return self._ends.get(one)

    def newest(self, key: DocumentKey) -> StatusEvent | None:
        """The newest that is known of a document, a submission that was superseded aside."""
        return self._newest.get(key)

    def outcome(self, one: Submission) -> str:
        """What came of it, in words."""
        end = self.end(one)
        if end is None:
            return f"put back; no answer within {ANSWER_SECONDS:.0f} s: `shortlist status {one.key.id}` tells later"
        match end.status:
            case Status.INDEXED:
                return "indexed"
            case Status.FAILED:
                reason = "no reason was told" if end.error is None else f"{end.error.message} ({end.error.code})"
                return f"failed again: {reason}"
            case Status.ERASED:
                return "erased; nothing changed"
            case _:
                return "superseded by a later submission or deletion; nothing changed"


def expected_outcome(known: KnownStatuses, letter: Record) -> str:
    """What putting a dead letter back would change, in words."""
    one = submission_of(letter)
    topic = letter.header(dead_letters.TOPIC)
    if one is None:
        return f"would go back on {topic}; it names no document"
    newest = known.newest(one.key)
    if newest is None:
        return f"would go back on {topic}; nothing is told of {one.key} in the last days"
    blocking = known.blocking(one)
    if is_change(letter) and (blocking is None or blocking.status is not Status.ERASED):
        return f"would go back on {topic}: it changes the metadata of {one.key}"
    if blocking is not None:
        if blocking.status is Status.ERASED:
            return f"would change nothing: {one.key} was erased"
        if blocking.parsed_revision == one.revision:
            return f"would change nothing: {one.key} is indexed at this very revision"
        return f"would change nothing: {one.key} is indexed at {blocking.revision}"
    if newest.parsed_revision > one.revision:
        # A failure supersedes nothing; what is on its way may yet end as one.
        return (
            f"would go back on {topic}: {one.key} is {newest.status} at {newest.revision}, and nothing newer is indexed"
        )
    return f"would go back on {topic}: {one.key} is {newest.status} at this revision"


def _newer(report: StatusEvent, known: StatusEvent) -> bool:
    return is_newer(report.status, report.parsed_revision, known.status, known.parsed_revision)


@asynccontextmanager
async def _statuses(settings: KafkaSettings, *, from_start: bool) -> AsyncIterator[AIOKafkaConsumer]:
    """A reader of all statuses, without a group, at the present end or the beginning."""
    wanted = (await partitions(settings)).get(STATUS, [])
    reader = AIOKafkaConsumer(**settings.client_options(), enable_auto_commit=False, isolation_level="read_committed")
    try:
        await reader.start()
        reader.assign(wanted)
        await (reader.seek_to_beginning(*wanted) if from_start else reader.seek_to_end(*wanted))
        for partition in wanted:
            await reader.position(partition)  # only then is it known, and nothing behind it missed
        yield reader
    except (KafkaError, OSError) as error:
        what = str(error) or type(error).__name__
        raise DependencyUnavailable("broker", f"{settings.kafka_bootstrap}: {what}") from error
    finally:
        await reader.stop()


async def _read(reader: AIOKafkaConsumer) -> list[StatusEvent]:
    found: list[StatusEvent] = []
    for records in (await reader.getmany(timeout_ms=200)).values():
        for record in records:
            try:
                found.append(events.decode(record.value or b"", StatusEvent))
            except RecordRejected:
                continue  # matching dead-letters it; it tells nothing here
    return found
