"""What a dry run says a dead letter would change."""

from __future__ import annotations

import pytest

from libs.contracts.documents import DocumentError
from libs.contracts.revision import Revision
from libs.contracts.statuses import Status
from libs.messaging import dead_letters
from libs.messaging.records import Record
from services.cli.dead_letters.replaying import KnownStatuses, expected_outcome
from tests.fakes.documents import report

pytestmark = pytest.mark.unit

KEY = "default/job/j1"
OLDER, DEAD_LETTERED, NEWER = (Revision(1000, offset) for offset in (1, 2, 3))
LETTER = Record(
    "dead-letters.ingest.v1", 0, 0, 0, 1, KEY.encode(), b"{}",
    ((dead_letters.TOPIC, b"documents.submitted.v1"), (dead_letters.REVISION, str(DEAD_LETTERED).encode())),
)  # fmt: skip
FAILED, INDEXED, ERASED, QUEUED = Status.FAILED, Status.INDEXED, Status.ERASED, Status.QUEUED


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            [(DEAD_LETTERED, FAILED)],
            "would go back on documents.submitted.v1: default/job/j1 is failed at this revision",
        ),
        ([(OLDER, INDEXED), (DEAD_LETTERED, FAILED)], "is failed at this revision"),
        (
            [(DEAD_LETTERED, FAILED), (NEWER, FAILED)],
            "would go back on documents.submitted.v1: default/job/j1 is failed at",
        ),
        ([(DEAD_LETTERED, FAILED), (NEWER, QUEUED)], "nothing newer is indexed"),
        ([(DEAD_LETTERED, INDEXED), (NEWER, FAILED)], "would change nothing: default/job/j1 is indexed at this very"),
        ([(NEWER, INDEXED), (DEAD_LETTERED, FAILED)], f"would change nothing: default/job/j1 is indexed at {NEWER}"),
        ([(NEWER, ERASED), (DEAD_LETTERED, FAILED)], "would change nothing: default/job/j1 was erased"),
        ([(NEWER, ERASED), (Revision(1000, 4), FAILED)], "would change nothing: default/job/j1 was erased"),
        ([(OLDER, ERASED), (DEAD_LETTERED, FAILED)], "would go back"),
        ([], "nothing is told of default/job/j1"),
    ],
)
def test_a_dry_run_tells_what_a_replay_would_change(told: list[tuple[Revision, Status]], said: str) -> None:
    known = KnownStatuses()
    error = DocumentError("internal", "a fault of our own")
    known.add([report(KEY, revision, status, error if status is FAILED else None) for revision, status in told])
    assert said in expected_outcome(known, LETTER)
