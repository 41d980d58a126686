"""A verdict on one thing that a job asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from libs.contracts.inner.matching import RequirementStatus

# From these strengths on a requirement is met, or met in part.
MET, PARTIAL = 0.5, 0.25
# The strongest that is not met.
MOST_PARTIAL = MET - 1e-3
# The most that words come to, of somebody whose work is another: those that tell of work, and those of a list.
WORDS_ALONE, LISTED_ALONE = 0.4, 0.25


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What one of the things that are asked came to: `strength` 0-1; the `units` of the resume that show it, best
    first; a `reason`, a sentence, where a number or a name decided. Thousands are made for an answer."""

    strength: float
    units: tuple[int, ...] = ()
    reason: str | None = None
    by_facts: bool = True


class Judged(msgspec.Struct, frozen=True, gc=False):
    """A requirement's verdict: as Finding, of all that it asks for. Strengths are on one scale, MET and PARTIAL.
    `by_facts`: no words decided any of it."""

    strength: float
    units: tuple[int, ...] = ()
    reason: str | None = None
    by_facts: bool = False

    @property
    def status(self) -> RequirementStatus:
        """`met`, `partial` or `missing`."""
        return "met" if self.strength >= MET else "partial" if self.strength >= PARTIAL else "missing"


def strongest(findings: Sequence[Finding]) -> Finding:
    """The one that came to most; of equals the first."""
    best = findings[0]
    for each in findings:
        if each.strength > best.strength:
            best = each
    return best


def all_of(findings: Sequence[Finding]) -> Judged:
    """The verdict where all of several things are asked: no stronger than the weakest; where that one is missing and
    others are not, met in part at most."""
    if not findings:
        return Judged(0.0)
    if len(findings) == 1:
        only = findings[0]
        return Judged(only.strength, only.units, only.reason, only.by_facts)
    strengths = [each.strength for each in findings]
    weakest = min(strengths)
    mean = sum(strengths) / len(strengths)
    # Some of it is better than nothing of it: but never met while one thing is not.
    strength = weakest if weakest >= MET else min(mean, MOST_PARTIAL)
    units = tuple(dict.fromkeys(unit for each in findings for unit in each.units))
    return Judged(strength, units, joined(findings), all(each.by_facts for each in findings))


def all_of_parts(parts: Sequence[tuple[bool, Judged]]) -> Judged:
    """The verdict where a requirement has several parts, each with whether it is only wished: such a part counts only
    where no part is a must."""
    counted = [each for nice, each in parts if not nice] or [each for _, each in parts]
    return all_of([Finding(each.strength, each.units, each.reason, each.by_facts) for each in counted])


def joined(findings: Iterable[Finding]) -> str | None:
    """The reasons of those that are weakest first, one of each."""
    told = sorted((each for each in findings if each.reason), key=lambda each: each.strength)
    return "; ".join(dict.fromkeys(each.reason for each in told if each.reason)) or None
