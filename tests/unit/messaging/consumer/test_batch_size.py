"""How many records are worked on together: no more than a group can wait for when partitions move."""

from __future__ import annotations

import pytest

from libs.messaging.consumer.batch_size import FIRST, PORTION_SECONDS, PortionSize

pytestmark = pytest.mark.unit


def test_it_begins_with_few_and_goes_to_the_most_where_they_are_quick() -> None:
    size = PortionSize(16)
    assert size.records == FIRST
    size.took(2, 0.4)
    assert size.records == 16


@pytest.mark.parametrize(("seconds_each", "records"), [(1.0, 5), (2.4, 2), (30.0, 1), (0.0, 16)])
def test_no_more_are_taken_than_end_in_time(seconds_each: float, records: int) -> None:
    size = PortionSize(16)
    size.took(2, 2 * seconds_each)
    assert size.records == records
    assert records == 1 or records * seconds_each <= PORTION_SECONDS


def test_who_must_leave_sooner_takes_fewer() -> None:
    size = PortionSize(32, seconds=1.0)
    size.took(2, 0.4)
    assert size.records == 5
    size.took(5, 0.005)
    size.took(5, 0.005)
    size.took(5, 0.005)
    assert size.records == 32


def test_a_slow_part_counts_at_once_and_is_forgotten_by_and_by() -> None:
    size = PortionSize(16)
    size.took(2, 0.2)
    size.took(16, 80.0)
    assert size.records == 1
    found = []
    for _ in range(8):
        size.took(size.records, 0.1 * size.records)
        found.append(size.records)
    assert found == sorted(found)
    assert 1 < found[2] < 16 == found[-1]


def test_the_most_may_be_fewer_than_it_would_begin_with() -> None:
    assert PortionSize(1).records == 1
