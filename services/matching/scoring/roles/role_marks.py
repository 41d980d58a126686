"""The groups of occupations that a document names, as terms, by which counterparts are found as by words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.matching.scoring.roles.occupations import occupations

# No word of a text begins with it.
_MARK = "\x00role "
# What a group weighs beside words, of which the rarest weigh about 9 and a good match some hundred together; and one
# that is near to it.
SAME, NEAR = 40.0, 15.0


def marks_of(groups: Iterable[str]) -> list[str]:
    """The terms that stand for groups, each once."""
    return [f"{_MARK}{name}" for name in dict.fromkeys(groups)]


def sought_marks(groups: Mapping[str, float]) -> dict[str, float]:
    """By term what it weighs where counterparts of a document with these groups are looked for; `groups`: how much each
    counts, 0-1."""
    near = occupations().near
    found: dict[str, float] = {}
    for name, share in groups.items():
        for other in near.get(name, ()):
            found[other] = max(found.get(other, 0.0), NEAR * share)
    for name, share in groups.items():
        found[name] = max(found.get(name, 0.0), SAME * share)
    return {f"{_MARK}{name}": weight for name, weight in found.items()}
