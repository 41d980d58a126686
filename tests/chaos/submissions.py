"""What was submitted and how it ended, as the topics tell it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import cast

from tests.chaos.ledger import ENDS, HEADER, Content
from tests.chaos.log_tail import Entry, LogTail
from tests.chaos.system import System

SUBMITTED = "documents.submitted.v1"
STATUS = "documents.status.v1"
FINAL = ("indexed", "failed", "superseded", "erased")

Revision = tuple[int, int]
# Of each submission, the ends that were reported, and when each was first, in ms.
Ends = defaultdict[tuple[str, Revision], dict[str, int]]


@dataclass(frozen=True)
class Submission:
    """One record of the submitted topic that names a document. `at` in ms, when it was sent."""

    key: str
    revision: Revision
    content: Content
    text: str
    at: int

    @property
    def name(self) -> tuple[str, Revision]:
        return self.key, self.revision

    @property
    def may_be_stored(self) -> bool:
        """Whether it changes what is stored, unless something newer does."""
        return self.content in ("text", "again", "large", "delete")


def submissions(system: System) -> list[Submission]:
    """All of them. Poison without a key is told apart by its header."""
    at = {sent.place: sent.at for sent in system.ledger.sent}
    return [
        _submission(record, system.stamp, at.get((record.topic, record.partition, record.offset)))
        for record in system.log.records(SUBMITTED)
        if record.header(HEADER) != "nameless"
    ]


def ends(log: LogTail) -> Ends:
    """All ends that were reported."""
    told: Ends = defaultdict(dict)
    for record in log.records(STATUS):
        said = json.loads(record.value or b"{}")
        if said["status"] in FINAL:
            key = f"{said['tenant']}/{said['kind']}/{said['id']}"
            told[(key, revision(said["revision"]))].setdefault(said["status"], record.timestamp)
    return told


def end_of(told: set[str]) -> str | None:
    """The one end of a submission; None where there is none, or more than one."""
    # What was indexed and then replaced may be told superseded by a delivery that came again.
    final = told - {"superseded"} if len(told) > 1 else told
    return next(iter(final)) if len(final) == 1 else None


def ended_rightly(one: Submission, end: str | None) -> bool:
    """Whether it is an end that such a submission may have."""
    return end in ENDS[one.content]


def revision(text: str) -> Revision:
    stamp, offset = text.split("-")
    return int(stamp), int(offset)


def _submission(record: Entry, stamp: int | None, at: int | None) -> Submission:
    """`stamp` is that of a broker that stamps nothing; there, a producer's own clock says nothing of the time."""
    text = "" if record.value is None else record.value.decode(errors="replace")
    content = record.header(HEADER)
    if content is None:  # the gateway's
        content = "delete" if record.header("ce_type") == "shortlist.document.deleted.v1" else "text"
    key = record.key.decode() if record.key else record.header("ce_partitionkey") or ""
    known = record.timestamp if stamp is None or at is None else at
    return Submission(key, (stamp or record.timestamp, record.offset), cast(Content, content), text, known)
