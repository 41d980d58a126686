"""Words that say that somebody has not, wishes for, or had once what is named near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from libs.contracts.structure import MentionState, MentionType
from services.ingest.structure.mentions.names import read_columns
from services.ingest.structure.mentions.tokens import Tokens, fold, words_in
from services.ingest.structure.mentions.trie import Trie

# before: the cue stands before what it is said of. after: behind it. value: behind it, and is all that is said of it
# ("Excel: no"). stop: ends the reach of others ("but"). none: only looks like a cue ("not only").
Direction = Literal["before", "after", "value", "stop", "none"]
# until: a date follows, which tells whether what is named has expired.
Effect = MentionState | Literal["until"]


@dataclass(frozen=True, slots=True)
class Cue:
    """`reach`: how many words may stand between the cue and the mention; `types`: of what it is said, empty: of all."""

    direction: Direction
    reach: int
    effect: Effect
    types: frozenset[MentionType]


@dataclass(frozen=True, slots=True)
class FoundCue:
    """A cue in the text: words `first` to before `last`."""

    cue: Cue
    first: int
    last: int


@cache
def cues() -> Trie[Cue]:
    """All cues, read once. ValueError where a line of the file is not of the form."""
    trie: Trie[Cue] = Trie()
    for number, (phrases, direction, reach, effect, _language, _source) in read_columns("cues.tsv", 6):
        cue = _cue(direction, reach, effect, f"cues.tsv, line {number}")
        for phrase in filter(str.strip, phrases.split("|")):
            trie.add([fold(word) for word in words_in(phrase)], cue)
    return trie


def _cue(direction: str, reach: str, effect: str, where: str) -> Cue:
    state, _, types = effect.partition(":")
    for known in get_args(Direction):
        if direction == known:
            break
    else:
        raise ValueError(f"{where}: unknown direction {direction!r}")
    effects: tuple[Effect, ...] = (*get_args(MentionState), "until")
    if direction in ("stop", "none"):
        return Cue(known, 0, "had", frozenset())
    for meant in effects:
        if state == meant:
            return Cue(known, int(reach), meant, frozenset(_types(types, where)))
    raise ValueError(f"{where}: unknown state {state!r}")


def _types(types: str, where: str) -> list[MentionType]:
    found: list[MentionType] = [known for known in get_args(MentionType) if known in types.split(",")]
    if len(found) != len(list(filter(None, types.split(",")))):
        raise ValueError(f"{where}: unknown type in {types!r}")
    return found


def find_cues(tokens: Tokens, named: Sequence[tuple[int, int]]) -> list[FoundCue]:
    """The cues in the text's order, none within a name; `named` are the names' words, first and behind the last."""
    known = cues()
    found: list[FoundCue] = []
    after, next_name = 0, 0
    for at in known.beginnings(tokens.words):
        if at < after:
            continue
        while next_name < len(named) and named[next_name][1] <= at:
            next_name += 1
        if next_name < len(named) and named[next_name][0] <= at:
            continue
        until = named[next_name][0] if next_name < len(named) else len(tokens.words)
        for last, matching in known.matches(tokens, at):
            if last <= until:
                found.extend(FoundCue(cue, at, last) for cue in matching)
                after = last
                break
    return found
