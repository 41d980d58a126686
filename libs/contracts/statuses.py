"""The steps a submission goes through, and which report of a document is the newer one."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from libs.contracts.revision import Revision


class Status(StrEnum):
    """Where a submission stands. `superseded` and `erased` never are a visible document's status."""

    QUEUED = "queued"
    PARSED = "parsed"
    INDEXED = "indexed"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    ERASED = "erased"


# `superseded` ranks lowest: it speaks of a revision that a higher one replaces, and must not hide an
# end (indexed, failed) the same revision reached elsewhere. `erased` is final.
RANK: Final[dict[Status, int]] = {
    Status.SUPERSEDED: 0,
    Status.QUEUED: 1,
    Status.PARSED: 2,
    Status.INDEXED: 3,
    Status.FAILED: 3,
    Status.ERASED: 4,
}


def is_newer(status: Status, revision: Revision, known_status: Status, known_revision: Revision) -> bool:
    """Whether a report (status, revision) replaces the known one: ordered by (revision, rank).

    Of one revision, indexed replaces failed: a dead letter that was replayed with success.
    """
    return (revision, RANK[status], status is Status.INDEXED) > (
        known_revision,
        RANK[known_status],
        known_status is Status.INDEXED,
    )
