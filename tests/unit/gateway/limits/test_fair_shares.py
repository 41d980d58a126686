"""What is scarce is shared out between tenants: one alone may take all, one among others its share."""

from __future__ import annotations

import pytest

from services.gateway.limits.fair_shares import LATELY_SECONDS, FairShares

pytestmark = pytest.mark.unit


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def flood(shares: FairShares, tenant: str, times: int = 1_000) -> int:
    """How much a tenant gets that asks again and again."""
    return sum(shares.take(tenant) for _ in range(times))


def test_a_tenant_that_is_alone_takes_all() -> None:
    shares = FairShares("requests", 64)
    assert flood(shares, "a") == 64


def test_a_flood_leaves_half_to_a_tenant_that_called_lately() -> None:
    shares = FairShares("requests", 64)
    assert shares.take("quiet")
    shares.give_back("quiet")
    assert flood(shares, "flood") == 32
    assert flood(shares, "quiet", 20) == 20


def test_floods_of_several_leave_an_equal_part_free() -> None:
    shares = FairShares("requests", 64)
    for tenant in ("a", "b", "quiet"):
        shares.take(tenant)
        shares.give_back(tenant)
    for _ in range(1_000):
        shares.take("a")
        shares.take("b")
    assert shares.taken <= 48
    assert flood(shares, "quiet", 16) == 16


def test_a_tenant_nobody_heard_of_before_gets_in_once_it_has_asked() -> None:
    shares = FairShares("requests", 64)
    assert flood(shares, "flood") == 64
    assert not shares.take("new")
    for _ in range(10):
        shares.give_back("flood")
        assert not shares.take("flood"), "it holds more than half, and another wants some"
    assert flood(shares, "new", 10) == 10


def test_a_tenant_that_has_gone_for_long_keeps_nothing_free() -> None:
    clock = Clock()
    shares = FairShares("requests", 64, clock=clock)
    shares.take("gone")
    shares.give_back("gone")
    clock.now += LATELY_SECONDS + 1
    assert flood(shares, "a") == 64


def test_below_half_nobody_is_held_to_a_share() -> None:
    shares = FairShares("requests", 64)
    for number in range(8):
        assert shares.take(f"t{number}")
    assert flood(shares, "a", 24) == 24


def test_among_very_many_tenants_each_has_a_sixteenth() -> None:
    shares = FairShares("requests", 64)
    for number in range(33):
        assert shares.take(f"t{number}")
    assert flood(shares, "t0", 10) == 3


def test_amounts_are_shared_out_as_well_and_the_first_is_never_too_large() -> None:
    shares = FairShares("bodies", 1_000)
    assert shares.take("a", 5_000)
    assert not shares.take("b", 1)
    shares.give_back("a", 5_000)
    assert shares.take("a", 400)
    assert not shares.take("a", 400), "that would be more than a share, with b about"
    assert shares.take("b", 600)


def test_who_calls_is_found_out_while_all_is_taken_and_of_that_too_there_is_an_end() -> None:
    shares = FairShares("requests", 64)
    assert flood(shares, "a") == 64
    assert sum(shares.take(None) for _ in range(100)) == 8
    assert not shares.take("b")
