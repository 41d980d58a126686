"""Titles of several words that must stand side by side, such as "head of people" and "chef de projet"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.matching.scoring.roles.occupations import Groups, occupations
from services.matching.scoring.roles.title_words import singular

# Begins the token that takes their place; no title has it in it.
_MARK = "\x01"


@dataclass(frozen=True, slots=True)
class Compound:
    """The words, folded, and the groups that they name together."""

    words: tuple[str, ...]
    groups: Groups


# By the token that stands for it.
Compounds = Mapping[str, Compound]


def joined_compounds(tokens: Sequence[str]) -> tuple[Sequence[str], Compounds]:
    """The tokens of a title with one in place of each listed compound, and what these stand for."""
    listed = occupations().side_by_side
    forms = [singular(token) for token in tokens]
    if not any(form in listed for form in forms):
        return tokens, {}
    found: dict[str, Compound] = {}
    joined: list[str] = []
    at = 0
    while at < len(tokens):
        for words, group in listed.get(forms[at], ()):
            end = at + len(words)
            if tuple(forms[at:end]) == words:
                token = f"{_MARK}{len(found)}"
                found[token] = Compound(tuple(tokens[at:end]), frozenset({group}))
                joined.append(token)
                at = end
                break
        else:
            joined.append(tokens[at])
            at += 1
    return joined, found
