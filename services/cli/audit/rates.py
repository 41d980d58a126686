"""Rates of a group, how sure they are, and how they compare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist

CONFIDENCE = 0.95
FOUR_FIFTHS = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a group were selected: `selected` of `number`, which is at least one."""

    selected: int
    number: int

    @property
    def rate(self) -> Fraction:
        """The selected as a part of all, exactly, 0 to 1."""
        return Fraction(self.selected, self.number)


def wilson_interval(share: Share, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which two rates (0 to 1) the rate lies that so many people were drawn from, at that confidence.

    The score interval of E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal
    of the American Statistical Association 22 (1927), 209-212; it stays within 0 to 1 and holds for few people too. It
    takes people as drawn independently of each other.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    number, rate = share.number, share.selected / share.number
    middle = rate + z * z / (2 * number)
    half = z * math.sqrt(rate * (1 - rate) / number + z * z / (4 * number * number))
    scale = 1 + z * z / number
    low = 0.0 if share.selected == 0 else (middle - half) / scale
    high = 1.0 if share.selected == number else (middle + half) / scale
    return low, high


def impact_ratio(share: Share, highest: Share) -> Fraction:
    """A group's rate divided by the rate of the group whose rate is highest, exactly.

    "Impact ratio", Rules of the City of New York, title 6, § 5-300. Raises ZeroDivisionError where the highest rate
    is 0.
    """
    return share.rate / highest.rate


def is_below_four_fifths(ratio: Fraction) -> bool:
    """Whether an impact ratio is under four fifths, the rule of thumb of the Uniform Guidelines on Employee Selection
    Procedures, 29 CFR 1607.4 D. Compared exactly: 0.8 itself is not below."""
    return ratio < FOUR_FIFTHS
