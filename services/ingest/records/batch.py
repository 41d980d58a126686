"""Which readings of a batch are worked on: pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from enum import StrEnum

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from libs.contracts.sequence import Appended, Line, superseding
from services.ingest.records.submission import Change, Deletion, Expiry, Reading, Refusal, Subject, Submission

# Of a document, whose events are compared: those of one source with a sequence, or those without.
Compared = tuple[DocumentKey, Line | None]


class Decision(StrEnum):
    """What becomes of one reading."""

    WORK = "work"
    SUPERSEDED = "superseded"
    # By its sequence: an event before it was the newer one. What becomes of that one changes nothing.
    LATE = "late"


def decide(readings: Sequence[Reading], late: Mapping[int, Revision]) -> list[Decision]:
    """One decision for each reading, in the same order. `late`: see `late_ones`.

    Of one key's submissions only the newest revision is worked on; those older than it, or than a deletion, are
    superseded. So of an event that the producer sent twice the first is superseded. Every deletion is carried out, and
    every change of metadata passed on. A refusal supersedes nothing, and neither does a change. An expiry is passed on
    unless something newer than it is about was submitted in the batch.

    Where events have a sequence, those that are late are left out, and only events of one source are compared so: an
    event that came before this batch may be newer than all of them, which only matching knows.
    """
    decisions = [Decision.WORK] * len(readings)
    newest: dict[Compared, Revision] = {}
    newest_of: dict[DocumentKey, Revision] = {}
    for n in in_revision_order(readings):
        reading = readings[n]
        if isinstance(reading, Refusal | Change | Expiry):
            continue
        if n in late:
            decisions[n] = Decision.LATE
        else:
            newest[_compared(reading.subject)] = newest_of[reading.subject.key] = reading.subject.revision
    for n, reading in enumerate(readings):
        if isinstance(reading, Expiry) and newest_of.get(reading.subject.key, reading.about) > reading.about:
            decisions[n] = Decision.SUPERSEDED
        if n in late or not isinstance(reading, Submission):
            continue
        if reading.subject.revision < newest[_compared(reading.subject)]:
            decisions[n] = Decision.SUPERSEDED
    return decisions


def late_ones(readings: Sequence[Reading]) -> dict[int, Revision]:
    """The positions of what comes late by its sequence, each with the revision of what superseded it.

    What is refused supersedes what comes late as well; it fails all the same where it is late itself.
    """
    late: dict[int, Revision] = {}
    seen: defaultdict[Compared, list[Appended]] = defaultdict(list)
    for n in in_revision_order(readings):
        subject = readings[n].subject
        if subject is None or (sequence := subject.source_event.place) is None:
            continue
        appended, before = Appended(sequence, subject.revision), seen[_compared(subject)]
        by = superseding(appended, before)
        if by is None:
            before.append(appended)
        elif not isinstance(readings[n], Refusal | Change | Expiry):
            late[n] = by
    return late


def next_best(readings: Sequence[Reading], decisions: Sequence[Decision], failed: Set[int]) -> list[int]:
    """The submissions to be worked on now that newer ones of their keys have failed: one for each such key.

    A failed submission supersedes nothing that came before it, so the newest of those below it counts, unless a
    deletion lies between. `failed` are positions of what was worked on and gave no text.
    """
    best: dict[Compared, int] = {}
    barred: set[Compared] = set()
    for n in reversed(in_revision_order(readings)):
        reading = readings[n]
        if reading.subject is None or isinstance(reading, Change | Expiry) or decisions[n] is Decision.LATE:
            continue
        compared = _compared(reading.subject)
        if compared in barred | best.keys():
            continue
        if isinstance(reading, Submission) and decisions[n] is Decision.SUPERSEDED:
            best[compared] = n
        elif isinstance(reading, Deletion) or (decisions[n] is Decision.WORK and n not in failed):
            barred.add(compared)
    return list(best.values())


def superseded_below(
    readings: Sequence[Reading], decisions: Sequence[Decision], numbers: Sequence[int]
) -> dict[int, list[Submission]]:
    """For each of these submissions that is worked on, those of its document that it supersedes, the newest first: down
    to a deletion, or to another one that is worked on."""
    wanted, open_for = set(numbers), dict[Compared, list[Submission]]()
    found: dict[int, list[Submission]] = {}
    for n in reversed(in_revision_order(readings)):
        reading = readings[n]
        if isinstance(reading, Change | Expiry | Refusal) or decisions[n] is Decision.LATE:
            continue
        compared = _compared(reading.subject)
        if isinstance(reading, Submission) and decisions[n] is Decision.SUPERSEDED:
            if compared in open_for:
                open_for[compared].append(reading)
            continue
        open_for.pop(compared, None)
        if isinstance(reading, Submission) and n in wanted:
            found[n] = open_for[compared] = []
    return found


def in_revision_order(readings: Sequence[Reading]) -> list[int]:
    """The readings' positions, each key's by revision; those that name no document come first."""
    return sorted(range(len(readings)), key=lambda n: (readings[n].subject is not None, _revision(readings[n])))


def _compared(subject: Subject) -> Compared:
    sequence = subject.source_event.place
    return subject.key, None if sequence is None else sequence.line


def _revision(reading: Reading) -> Revision:
    return reading.subject.revision if reading.subject else Revision(0, 0)
