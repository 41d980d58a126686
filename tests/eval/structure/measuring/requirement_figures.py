"""Requirements of labelled postings: which were found, and whether as must or nice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from measuring.counting import Counts, words
from measuring.labelled_data import Labelled

from libs.contracts.structure import Requirement

# A found stretch is the labelled one where they share this part of the longer one's words.
OVERLAP = 0.6


@dataclass
class RequirementCounts:
    """Asked or not; of those found, the necessity; of those not asked for, how many were taken."""

    asked: Counts = field(default_factory=Counts)
    necessity: Counts = field(default_factory=Counts)
    parts: Counts = field(default_factory=Counts)


def requirements(labelled: Labelled) -> RequirementCounts:
    """Found requirements against labelled ones, one to one, the best overlaps first."""
    wanted, found = labelled.label["asked"], labelled.document.structure.requirements_found
    pairs = sorted(
        ((_overlap(each["text"], other.text), i, j) for i, each in enumerate(wanted) for j, other in enumerate(found)),
        reverse=True,
    )
    matched: dict[int, int] = {}
    for overlap, i, j in pairs:
        if overlap >= OVERLAP and i not in matched and j not in matched.values():
            matched[i] = j
    counts = RequirementCounts()
    for i, each in enumerate(wanted):
        if i not in matched:
            counts.asked.missed += 1
            counts.asked.faults.append(f"{labelled.name} not found: {each['text']!r}")
            continue
        counts.asked.right += 1
        _compare(labelled.name, each, found[matched[i]], counts)
    for j, other in enumerate(found):
        if j not in matched.values():
            counts.asked.false += 1
            counts.asked.faults.append(f"{labelled.name} not asked: {other.text!r}")
    return counts


def _compare(name: str, wanted: dict[str, object], found: Requirement, counts: RequirementCounts) -> None:
    if wanted["necessity"] == found.necessity:
        counts.necessity.right += 1
    else:
        counts.necessity.missed += 1
        counts.necessity.faults.append(f"{name} {found.necessity}, wanted {wanted['necessity']}: {found.text!r}")
    if bool(wanted["parts"]) == bool(found.parts):
        counts.parts.right += 1
    else:
        counts.parts.missed += 1


def _overlap(one: str, other: str) -> float:
    a, b = Counter(words(one)), Counter(words(other))
    longer = max(a.total(), b.total())
    return (a & b).total() / longer if longer else 0.0
