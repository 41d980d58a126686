"""Intervals and ratios, against published figures."""

from __future__ import annotations

from fractions import Fraction

import pytest

from services.cli.audit.rates import Share, impact_ratio, is_below_four_fifths, wilson_interval

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("selected", "number", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872, table I: the score method without continuity
        # correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # The other end is the mirror of it.
        (20, 20, 0.8389, 1.0),
    ],
)
def test_the_interval_is_wilsons(selected: int, number: int, low: float, high: float) -> None:
    assert wilson_interval(Share(selected, number)) == pytest.approx((low, high), abs=0.00005)


def test_nobody_and_everybody_end_exactly_at_the_end() -> None:
    for number in range(1, 200):
        assert wilson_interval(Share(0, number))[0] == 0
        assert wilson_interval(Share(number, number))[1] == 1


@pytest.mark.parametrize(
    ("share", "highest", "ratio", "is_below"),
    [
        # 48 % of 60 % is 0.8 exactly, and less than that in floating point.
        (Share(12, 25), Share(15, 25), Fraction(4, 5), False),
        (Share(479, 1000), Share(600, 1000), Fraction(479, 600), True),
        (Share(3, 4), Share(3, 4), Fraction(1), False),
        (Share(0, 4), Share(3, 4), Fraction(0), True),
    ],
)
def test_a_ratio_is_below_four_fifths_exactly_then(
    share: Share, highest: Share, ratio: Fraction, is_below: bool
) -> None:
    assert impact_ratio(share, highest) == ratio
    assert is_below_four_fifths(ratio) is is_below
