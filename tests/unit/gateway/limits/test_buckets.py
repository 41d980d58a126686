"""A key's bucket: a burst at once, then as much as comes back; each key has its own."""

from __future__ import annotations

import pytest

from services.gateway.limits.own_buckets import MOST_KEYS, OwnBuckets
from services.gateway.limits.quota import Quota, take

pytestmark = pytest.mark.unit

QUOTA = Quota(per_second=2.0, burst=10)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_full_bucket_grants_its_burst_and_then_says_how_long_to_wait() -> None:
    clock = Clock()
    buckets = OwnBuckets(QUOTA, clock=clock)
    assert [buckets.take("k", 1).left for _ in range(10)] == list(range(9, -1, -1))
    refused = buckets.take("k", 1)
    assert (refused.is_granted, refused.left) == (False, 0)
    assert refused.wait == pytest.approx(0.5)
    assert refused.full_in == pytest.approx(5.0)
    clock.now += refused.wait
    assert buckets.take("k", 1).is_granted
    assert not buckets.take("k", 1).is_granted


def test_what_is_refused_costs_nothing() -> None:
    clock = Clock()
    buckets = OwnBuckets(QUOTA, clock=clock)
    for _ in range(10):
        buckets.take("k", 1)
    for _ in range(100):
        assert not buckets.take("k", 5).is_granted
    clock.now += 2.5
    assert buckets.take("k", 5).is_granted


def test_a_dear_call_is_refused_where_a_cheap_one_is_granted() -> None:
    buckets = OwnBuckets(QUOTA, clock=Clock())
    assert buckets.take("k", 5).left == 5
    assert buckets.take("k", 1).left == 4
    refused = buckets.take("k", 5)
    assert (refused.is_granted, refused.left, refused.wait) == (False, 4, pytest.approx(0.5))
    assert buckets.take("k", 4).is_granted


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    clock = Clock()
    buckets = OwnBuckets(QUOTA, clock=clock)
    buckets.take("k", 10)
    clock.now += 3_600
    assert buckets.take("k", 1).left == 9


def test_keys_do_not_share_a_bucket() -> None:
    buckets = OwnBuckets(QUOTA, clock=Clock())
    buckets.take("greedy", 10)
    assert not buckets.take("greedy", 1).is_granted
    assert buckets.take("other", 10).is_granted


def test_a_bucket_that_was_larger_under_other_settings_is_as_large_as_now() -> None:
    assert take(QUOTA, 3_600.0, 1).wait == pytest.approx(0.5)


def test_the_buckets_of_keys_asked_longest_ago_are_forgotten() -> None:
    buckets = OwnBuckets(QUOTA, clock=Clock())
    buckets.take("first", 10)
    for number in range(MOST_KEYS):
        buckets.take(str(number), 1)
    assert buckets.take("first", 10).is_granted
