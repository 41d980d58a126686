"""Words that say that somebody has not, wishes for, or had once what is named near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

from libs.contracts.identifiers import Kind
from libs.contracts.structure import MentionState, MentionType
from services.ingest.structure.mentions.names import read_columns
from services.ingest.structure.mentions.states.clause_words import clause_words
from services.ingest.structure.mentions.states.clauses import ends_clause
from services.ingest.structure.mentions.states.cue_phrases import phrases_of
from services.ingest.structure.mentions.tokens import Tokens
from services.ingest.structure.mentions.trie import Trie

# before: the cue stands before what it is said of. after: behind it. value: behind it, and is all that is said of it
# ("Excel: no"). stop: ends the reach of others ("but"). none: only looks like a cue ("not only").
Direction = Literal["before", "after", "value", "stop", "none"]
# until: a date follows, which tells whether what is named has expired.
Effect = MentionState | Literal["until"]
_KINDS: dict[str, frozenset[Kind]] = {
    "-": frozenset(),
    "resume": frozenset({"resume"}),
    "job": frozenset({"job"}),
    "both": frozenset({"resume", "job"}),
}
_MARKS = ("opening", "open", "outside", "does")


@dataclass(frozen=True, slots=True)
class Cue:
    """`reach`: how many words may stand between the cue and the mention; `types`: of what it is said, empty: of all.

    `stretch_in`: the documents in which what it reaches is a stretch of its own; `opening`, `open`, `outside` and
    `does` are its phrase's (see Phrase). With an `opening` before them its words are said of no single mention.
    """

    direction: Direction
    reach: int
    effect: Effect
    types: frozenset[MentionType]
    stretch_in: frozenset[Kind] = frozenset()
    opening: tuple[str, ...] = ()
    open: bool = False
    outside: int = 0
    does: bool = False


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
    for number, (column, direction, reach, effect, stretch_in, _language, _source) in read_columns("cues.tsv", 7):
        where = f"cues.tsv, line {number}"
        cue = _cue(direction, reach, effect, stretch_in, where)
        try:
            for phrase in phrases_of(column):
                marks = {mark: told for mark in _MARKS if (told := getattr(phrase, mark))}
                trie.add(phrase.words, replace(cue, **marks) if marks else cue)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
    return trie


def _cue(direction: str, reach: str, effect: str, stretch_in: str, where: str) -> Cue:
    state, _, types = effect.partition(":")
    for known in get_args(Direction):
        if direction == known:
            break
    else:
        raise ValueError(f"{where}: unknown direction {direction!r}")
    if stretch_in not in _KINDS:
        raise ValueError(f"{where}: unknown documents {stretch_in!r}")
    effects: tuple[Effect, ...] = (*get_args(MentionState), "until")
    if direction in ("stop", "none"):
        return Cue(known, 0, "had", frozenset())
    for meant in effects:
        if state == meant:
            return Cue(known, int(reach), meant, frozenset(_types(types, where)), _KINDS[stretch_in])
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
    after, next_name, closed = 0, 0, True
    for at in known.beginnings(tokens.words):
        # Within a cue another one begins only where it says more: "have no experience with", not "not only".
        if at < after and not closed:
            continue
        while next_name < len(named) and named[next_name][1] <= at:
            next_name += 1
        if next_name < len(named) and named[next_name][0] <= at:
            continue
        until = named[next_name][0] if next_name < len(named) else len(tokens.words)
        for last, matching in known.matches(tokens, at):
            if last > until or last <= after:
                continue
            read = [each for each in _read(tokens, matching, at, last) if at >= after or each.cue.open]
            if read:
                found += read + _open_within(tokens, at, last, read)
                after, closed = last, all(_is_closed(each.cue) for each in read)
                break
    return found


def _open_within(tokens: Tokens, at: int, last: int, read: Sequence[FoundCue]) -> list[FoundCue]:
    """What the beginning of a longer cue says of all that follows: "plan to take" is a wish, whatever is taken."""
    if not all(each.cue.effect == "wished" and _is_closed(each.cue) for each in read):
        return []
    return [
        each
        for end, matching in cues().matches(tokens, at)
        if end < last
        for each in _read(tokens, matching, at, end)
        if each.cue.open and each.cue.effect == "wished"
    ]


def _is_closed(cue: Cue) -> bool:
    return not cue.open and cue.direction == "before"


def _read(tokens: Tokens, matching: Sequence[Cue], first: int, last: int) -> list[FoundCue]:
    """The cues of one phrase, those that open before it from where they open; none where that is missing."""
    read: list[FoundCue] = []
    for cue in matching:
        if cue.does and not _does(tokens, first, last):
            continue
        begin = _opening(tokens, cue, first, last) if cue.opening else first
        if begin is not None:
            read.append(FoundCue(cue, begin, last))
    return read


def _does(tokens: Tokens, first: int, at: int) -> bool:
    """Whether the words from `first` on are who a clause is about, and a verb follows at `at` or behind an adverb; not
    one about the writer, as in "my manager gave me"."""
    words, known = tokens.words, clause_words()
    begins = (
        first == 0
        or ends_clause(tokens, first - 1)
        or "," in tokens.text[tokens.ends[first - 1] : tokens.starts[first]]
    )
    if not begins and words[first - 1] not in known.joining:
        return False
    if at + 1 < len(words) and words[at] in known.adverb and not ends_clause(tokens, at - 1):
        at += 1
    if at >= len(words) or ends_clause(tokens, at - 1) or words[at] not in known.does:
        return False
    return words[at + 1 : at + 2] != ["me"] and words[at + 1 : at + 2] != ["us"]


def _opening(tokens: Tokens, cue: Cue, first: int, last: int) -> int | None:
    """Where the words stand that open a cue, at most its reach before `first`; before a single word not at once, as
    "no required" says something else.
    """
    opening = list(cue.opening)
    if first == 0 or ends_clause(tokens, first - 1):
        return None
    latest = first - len(opening) - (last - first == 1)
    for at in range(latest, max(-1, first - len(opening) - cue.reach - 1), -1):
        if ends_clause(tokens, at + len(opening) - 1):
            return None
        if tokens.words[at : at + len(opening)] == opening:
            return at
    return None
