"""Whether an item of the suite passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from suite import Equal, EqualJobs, Item, Order, Rise, Verdict

from libs.contracts.inner.matching import Requirement
from services.matching.scoring.model import Match

Scored = Callable[[str, str], Match]
# Scores have one decimal.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Outcome:
    """`told` says in figures what was found."""

    item: Item
    passed: bool
    told: str


def judged(item: Item, scored: Scored) -> Outcome:
    """Scores an item's pairs with `scored(job, resume)`. A pair without a score fails every comparison."""
    match item:
        case Order():
            better, worse = _score(scored, item.job, item.better), _score(scored, item.job, item.worse)
            passed = better is not None and (worse is None or better > worse)
            return Outcome(item, passed, f"better {better}, worse {worse}")
        case Equal():
            return _equal(item, _score(scored, item.job, item.a), _score(scored, item.job, item.b), item.max_gap)
        case EqualJobs():
            first, second = _score(scored, item.job, item.resume), _score(scored, item.other_job, item.resume)
            return _equal(item, first, second, item.max_gap)
        case Rise():
            plain, gamed = _score(scored, item.job, item.plain), _score(scored, item.job, item.gamed)
            passed = plain is not None and gamed is not None and gamed - plain <= item.max_rise + _ROUNDING
            return Outcome(item, passed, f"plain {plain}, gamed {gamed}")
        case Verdict():
            return _verdict(item, scored(item.job, item.resume))


def _score(scored: Scored, job: str, resume: str) -> float | None:
    return scored(job, resume).score


def _equal(item: Item, first: float | None, second: float | None, most: float) -> Outcome:
    passed = first is not None and second is not None and abs(first - second) <= most + _ROUNDING
    return Outcome(item, passed, f"{first} and {second}")


def _verdict(item: Verdict, match: Match) -> Outcome:
    start = item.job.find(item.requirement)
    found = _nearest(match.requirements, start, start + len(item.requirement))
    if found is None:
        return Outcome(item, False, "not read as a requirement")
    lines = [each.text for each in found.evidence]
    told = f"{found.status}: {found.text!r} by {lines}"
    proved = item.evidence is None or any(_plain(item.evidence) in _plain(line) for line in lines)
    clean = item.no_evidence is None or not any(_plain(item.no_evidence) in _plain(line) for line in lines)
    return Outcome(item, found.status in item.status and proved and clean, told)


def _nearest(requirements: Iterable[Requirement], start: int, end: int) -> Requirement | None:
    """The requirement, or part of one, that shares most with a stretch of the job."""
    shares = [(_shared(each, start, end), each) for each in _with_parts(requirements)]
    best = max(shares, key=lambda pair: pair[0], default=None)
    return None if best is None or best[0] <= 0 else best[1]


def _with_parts(requirements: Iterable[Requirement]) -> Iterator[Requirement]:
    for each in requirements:
        yield each
        yield from getattr(each, "parts", ())


def _shared(requirement: Requirement, start: int, end: int) -> float:
    """Characters of both over those of either (Jaccard)."""
    both = min(requirement.end, end) - max(requirement.start, start)
    return both / (max(requirement.end, end) - min(requirement.start, start))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
