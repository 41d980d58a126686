"""What a title says of a position: the groups of occupations it names, its rank and its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.matching.scoring.roles.heads import HeadFound, find_head, groups_by_work
from services.matching.scoring.roles.occupations import NONE, Groups
from services.matching.scoring.roles.rank import HELPING, PLAIN, RANK_ALONE, rank_of, says_rank
from services.matching.scoring.roles.side_by_side import Compounds, joined_compounds
from services.matching.scoring.roles.title_words import (
    CONNECTORS,
    JOINTS,
    OF_SOMEBODY,
    Part,
    parts_of,
    singular,
    tokens_of,
)
from services.matching.scoring.terms import terms_of

# Longer ones are sentences; the role stands at their beginning.
_MOST_TOKENS = 24
_MOST_REMEMBERED = 65_536
# Of whom "assistant to the director" and "the director's assistant" are.
_HELPERS: Groups = frozenset({"executive assistant"})
# Parts that say nothing of the rank of the one who has the title.
_OF_OTHERS = frozenset({"to", "for", "at", "with"})


@dataclass(frozen=True, slots=True)
class Role:
    """What a title names.

    `groups`: names of groups in the list of occupations, none where it knows none of the words, several as in "waiter
    and cashier"; `sure` where they are named and not only concluded. `rank`: see rank.py. `field`: the terms of all
    words but the head and those of rank alone; `words`: those with the head.
    """

    groups: Groups
    sure: bool
    rank: int
    field: tuple[str, ...]
    words: tuple[str, ...]


@lru_cache(maxsize=_MOST_REMEMBERED)
def role_of(title: str) -> Role:
    """Reads a title such as "Senior Electrician, Marine (m/f/d)". Blocks for a moment when the list is read first."""
    tokens, compounds = joined_compounds(tokens_of(title)[:_MOST_TOKENS])
    parts = parts_of([token for token in tokens if token != OF_SOMEBODY])
    place, found = _head(parts, compounds)
    helps = found is not None and _helps(parts, place, found, helped=OF_SOMEBODY in tokens)
    if helps:
        groups, sure = _HELPERS, True
    elif found is not None:
        groups, sure = found.groups, found.sure and bool(found.groups)
        if not groups and found.place + 1 == len(parts[place].words):
            # "Customer support" is a work, though who is a support might do any.
            groups = groups_by_work(parts[place].words)
    else:
        groups, sure = next(filter(None, (groups_by_work(part.words) for part in parts)), NONE), False
    rank = _rank(parts, place, found, compounds, helps_somebody=helps)
    field, words = _terms(parts, compounds, None if found is None else (place, found.place))
    return Role(groups, sure, rank, field, words)


def _head(parts: Sequence[Part], compounds: Compounds) -> tuple[int, HeadFound | None]:
    """The part that names the occupation, and where: the first that names one of the list, else the first with a head
    word, such as "manager", of which the list tells no group. What stands behind "for", "with" and the like is nobody's
    own occupation."""
    first: tuple[int, HeadFound | None] = (0, None)
    for place, part in enumerate(parts):
        if place and part.before in CONNECTORS:
            continue
        if compounds and part.words[-1] not in HELPING:
            for at, word in enumerate(part.words):
                if word in compounds:
                    return place, HeadFound(at, compounds[word].groups, by_phrase=True)
        found = find_head(part.words, parts[place + 1 :])
        if found is None:
            continue
        if found.groups:
            return place, found
        if first[1] is None:
            first = place, found
    return first


def _helps(parts: Sequence[Part], place: int, found: HeadFound, *, helped: bool) -> bool:
    if parts[place].words[found.place] not in HELPING or found.by_phrase:
        return False
    return helped or (place + 1 < len(parts) and parts[place + 1].before == "to")


def _rank(
    parts: Sequence[Part], place: int, found: HeadFound | None, compounds: Compounds, *, helps_somebody: bool
) -> int:
    if not parts:
        return PLAIN
    words: Sequence[str] = parts[place].words
    head = None if found is None else found.place
    if compounds:
        words, head = _taken_apart(words, head, compounds)
    rank = rank_of(words, head=head, helps_somebody=helps_somebody)
    if rank != PLAIN or helps_somebody:
        return rank
    # "Accountant (senior)", "Engineer - Team Lead": a part that says little else.
    others = (part.words for at, part in enumerate(parts) if at != place and part.before not in _OF_OTHERS)
    return next((rank_of(words, head=None) for words in others if says_rank(words)), PLAIN)


def _taken_apart(words: Sequence[str], head: int | None, compounds: Compounds) -> tuple[list[str], int | None]:
    apart: list[str] = []
    moved = head
    for at, word in enumerate(words):
        if at == head:
            moved = len(apart)
        apart += map(singular, compounds[word].words) if word in compounds else (word,)
    return apart, moved


def _terms(
    parts: Sequence[Part], compounds: Compounds, head: tuple[int, int] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of all words but the head, and of all; both without words of rank alone."""
    field: list[str] = []
    words: list[str] = []
    for place, part in enumerate(parts):
        for at, (word, form) in enumerate(zip(part.written, part.words, strict=True)):
            is_head = (place, at) == head
            if word in JOINTS or (form in RANK_ALONE and not is_head):
                continue
            terms = _terms_of_word(" ".join(compounds[word].words) if word in compounds else word)
            words += terms
            if not is_head:
                field += terms
    return tuple(dict.fromkeys(field)), tuple(dict.fromkeys(words))


@lru_cache(maxsize=_MOST_REMEMBERED)
def _terms_of_word(word: str) -> tuple[str, ...]:
    return tuple(terms_of(word))
