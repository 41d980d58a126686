"""Of a batch, what is worth writing and in which order."""

from __future__ import annotations

import pytest

from libs.contracts.revision import Revision
from services.matching.writing.batch import Batch
from tests.fakes.documents import key_of, vectors_event
from tests.fakes.matching_arrivals import vectors_arrival

pytestmark = pytest.mark.unit

KEY = "default/resume/r1"


def _batch(*given: tuple[str, int, str]) -> Batch:
    batch = Batch()
    for key, offset, space in given:
        batch.add(vectors_arrival(vectors_event(key, Revision(1, offset), space=space)))
    return batch


def _rounds(batch: Batch) -> list[dict[str, tuple[int, str]]]:
    return [
        {str(key): (one.revision.offset, one.event.embedding.space) for key, one in each.items()}
        for each in batch.rounds()
    ]


def _outdated(batch: Batch) -> list[int]:
    return [arrival.revision.offset for arrival in batch.outdated]


A, B = "0000000a", "0000000b"
OTHER = "default/resume/r2"


@pytest.mark.parametrize(
    ("given", "rounds", "outdated"),
    [
        ([], [], []),
        ([(KEY, 1, A), (OTHER, 1, A)], [{KEY: (1, A), OTHER: (1, A)}], []),
        ([(KEY, 1, A), (KEY, 2, A), (KEY, 3, A)], [{KEY: (3, A)}], [1, 2]),
        ([(KEY, 2, A), (KEY, 2, A)], [{KEY: (2, A)}], []),
        ([(KEY, 2, A), (KEY, 2, B)], [{KEY: (2, A)}, {KEY: (2, B)}], []),
        # The log ends on the older one: it is compared with what is held, which publishes the newer again.
        ([(KEY, 2, A), (KEY, 1, A)], [{KEY: (2, A)}, {KEY: (1, A)}], []),
        ([(KEY, 10, A), (KEY, 9, A), (KEY, 11, A)], [{KEY: (11, A)}, {KEY: (9, A)}], [10]),
    ],
)
def test_each_document_is_written_once_in_a_round_and_the_newest_first(
    given: list[tuple[str, int, str]], rounds: list[dict[str, tuple[int, str]]], outdated: list[int]
) -> None:
    batch = _batch(*given)
    assert (_rounds(batch), _outdated(batch)) == (rounds, outdated)


def test_a_tombstone_outdates_what_came_before_it_in_every_space() -> None:
    batch = _batch((KEY, 1, A), (KEY, 1, B), (OTHER, 1, A))
    assert batch.outdate(key_of(KEY), Revision(1, 2))
    assert (_rounds(batch), _outdated(batch)) == ([{OTHER: (1, A)}], [1, 1])


def test_a_tombstone_behind_a_newer_text_outdates_nothing() -> None:
    batch = _batch((KEY, 3, A))
    assert not batch.outdate(key_of(KEY), Revision(1, 2))
    assert (_rounds(batch), _outdated(batch)) == ([{KEY: (3, A)}], [])
