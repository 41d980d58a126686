"""Whether the dead letters are what the contract says and only that, untouched and with true coordinates."""

from __future__ import annotations

from tests.chaos.ledger import HEADER
from tests.chaos.log_tail import Entry
from tests.chaos.submissions import Ends, Submission, revision
from tests.chaos.system import System

OURS = "dead_letter_"
MUST_SAY = ("topic", "partition", "offset", "error_code", "error_message", "attempts", "time")


def dead_letters_are_right(system: System, sent: list[Submission], told: Ends) -> list[str]:
    """What is wrong, a sentence each."""
    log, ledger = system.log, system.ledger
    letters = [letter for topic in log.topics("dead-letters.") for letter in log.records(topic)]
    sources = {
        (record.topic, record.partition, record.offset): record
        for topic in log.topics("documents.")
        for record in log.records(topic)
    }
    wrong: list[str] = []
    named: set[tuple[str, tuple[int, int]]] = set()
    nameless: set[bytes] = set()
    for letter in letters:
        said = {name.removeprefix(OURS): letter.header(name) for name, _ in letter.headers if name.startswith(OURS)}
        missing = [name for name in MUST_SAY if not said.get(name)]
        if missing:
            wrong.append(f"a dead letter of {letter.key!r} does not say {missing}")
            continue
        source = sources.get((str(said["topic"]), int(said["partition"] or -1), int(said["offset"] or -1)))
        if source is None or not _same(source, letter):
            wrong.append(f"the dead letter of {letter.key!r} is not the record it says it is: {said}")
        elif source.header(HEADER) == "nameless":
            nameless.add(source.value or b"")
        else:
            named.add(_submission_of(source, system.stamp))
    if nameless != set(ledger.nameless):
        wrong.append(f"{len(nameless)} dead letters name no document, {len(ledger.nameless)} such records were sent")
    for one in sent:
        expected = one.content in ("refused", "fatal", "large") and "failed" in told[one.name]
        if expected != (one.name in named):
            wrong.append(f"{one.key} {one.revision} ({one.content}) is {'no' if expected else 'a'} dead letter")
    return wrong[:10]


def _same(source: Entry, letter: Entry) -> bool:
    headers = tuple(header for header in letter.headers if not header[0].startswith(OURS))
    return (source.key, source.value, source.headers) == (letter.key, letter.value, headers)


def _submission_of(record: Entry, stamp: int | None) -> tuple[str, tuple[int, int]]:
    """Which submission a record stands for: itself, or by its header the one it came of."""
    key = record.key.decode() if record.key else record.header("ce_partitionkey") or ""
    said = record.header("revision")
    return key, revision(said) if said else (stamp or record.timestamp, record.offset)
