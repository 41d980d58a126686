"""Which readings of a batch are worked on: a pure function."""

from __future__ import annotations

from collections.abc import Sequence, Set
from enum import StrEnum

from libs.contracts.identifiers import DocumentKey
from libs.contracts.revision import Revision
from services.ingest.records.submission import Change, Deletion, Expiry, Reading, Refusal, Submission


class Decision(StrEnum):
    """What becomes of one reading."""

    WORK = "work"
    SUPERSEDED = "superseded"


def decide(readings: Sequence[Reading]) -> list[Decision]:
    """One decision for each reading, in the same order.

    Of one key's submissions only the newest revision is worked on; those older than it, or than a deletion, are
    superseded. So of an event that the producer sent twice the first is superseded. Every deletion is carried out, and
    every change of metadata passed on. A refusal supersedes nothing, and neither does a change. An expiry is passed on
    unless something newer than it is about was submitted in the batch.
    """
    decisions = [Decision.WORK] * len(readings)
    newest: dict[DocumentKey, Revision] = {}
    for n in in_revision_order(readings):
        reading = readings[n]
        if isinstance(reading, Refusal | Change | Expiry):
            continue
        newest[reading.subject.key] = reading.subject.revision
    for n, reading in enumerate(readings):
        if isinstance(reading, Submission) and reading.subject.revision < newest[reading.subject.key]:
            decisions[n] = Decision.SUPERSEDED
        if isinstance(reading, Expiry) and newest.get(reading.subject.key, reading.about) > reading.about:
            decisions[n] = Decision.SUPERSEDED
    return decisions


def next_best(readings: Sequence[Reading], decisions: Sequence[Decision], failed: Set[int]) -> list[int]:
    """The submissions to be worked on now that newer ones of their keys have failed: one for each such key.

    A failed submission supersedes nothing, so the newest of those below it counts, unless a deletion lies between.
    `failed` are positions of what was worked on and gave no text.
    """
    best: dict[DocumentKey, int] = {}
    barred: set[DocumentKey] = set()
    for n in reversed(in_revision_order(readings)):
        reading = readings[n]
        if (
            reading.subject is None
            or isinstance(reading, Change | Expiry)
            or reading.subject.key in barred | best.keys()
        ):
            continue
        if isinstance(reading, Submission) and decisions[n] is Decision.SUPERSEDED:
            best[reading.subject.key] = n
        elif isinstance(reading, Deletion) or (decisions[n] is Decision.WORK and n not in failed):
            barred.add(reading.subject.key)
    return list(best.values())


def superseded_below(
    readings: Sequence[Reading], decisions: Sequence[Decision], numbers: Sequence[int]
) -> dict[int, list[Submission]]:
    """For each of these submissions that is worked on, those of its document that it supersedes, the newest first: down
    to a deletion, or to another one that is worked on."""
    wanted, open_for = set(numbers), dict[DocumentKey, list[Submission]]()
    found: dict[int, list[Submission]] = {}
    for n in reversed(in_revision_order(readings)):
        reading = readings[n]
        if isinstance(reading, Change | Expiry | Refusal):
            continue
        key = reading.subject.key
        if isinstance(reading, Submission) and decisions[n] is Decision.SUPERSEDED:
            if key in open_for:
                open_for[key].append(reading)
            continue
        open_for.pop(key, None)
        if isinstance(reading, Submission) and n in wanted:
            found[n] = open_for[key] = []
    return found


def in_revision_order(readings: Sequence[Reading]) -> list[int]:
    """The readings' positions, each key's by revision; those that name no document come first."""
    return sorted(range(len(readings)), key=lambda n: (readings[n].subject is not None, _revision(readings[n])))


def _revision(reading: Reading) -> Revision:
    return reading.subject.revision if reading.subject else Revision(0, 0)
