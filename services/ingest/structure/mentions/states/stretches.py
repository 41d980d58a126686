"""Stretches of a text that say what somebody has not: from a cue to where its clause ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libs.contracts.identifiers import Kind
from libs.contracts.structure import DisclaimedState, MentionState
from services.ingest.structure.mentions.candidates import Found, Sections
from services.ingest.structure.mentions.states.clause_ends import MAX_WORDS, ClauseEnds
from services.ingest.structure.mentions.states.clause_words import clause_words
from services.ingest.structure.mentions.states.cues import FoundCue
from services.ingest.structure.mentions.states.headed import headed_until
from services.ingest.structure.mentions.tokens import Tokens

# Of a list that a cue heads.
MAX_HEADED_WORDS = 60
_DISCLAIMED: dict[MentionState, DisclaimedState] = {
    "denied": "denied",
    "wished": "wished",
    "other_person": "other_person",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words `first` to before `last` that say what somebody has not."""

    first: int
    last: int
    state: DisclaimedState


@dataclass(frozen=True, slots=True)
class Reached:
    """A cue with the state that it gives, and the names it reaches, by their places among all."""

    cue: FoundCue
    state: MentionState
    mentions: Sequence[int]


class Stretches:
    """Finds the stretches of one text. `stops`: words that end what a cue reaches."""

    def __init__(
        self, tokens: Tokens, found: Sequence[Found], sections: Sections, stops: frozenset[int], kind: Kind
    ) -> None:
        self._tokens = tokens
        self._found = found
        self._sections = sections
        self._kind = kind
        self._ends = ClauseEnds(tokens, stops)
        self._is = clause_words()

    def of(self, reached: Iterable[Reached]) -> list[Stretch]:
        """Those of all cues, in the text's order, none overlapping another."""
        return apart([stretch for each in reached for stretch in self._of_cue(each) if not self._is_of_then(stretch)])

    def _is_of_then(self, stretch: Stretch) -> bool:
        """Whether something was lacking once: "had no experience in sales when I began"."""
        words, behind = self._tokens.words, stretch.last
        if stretch.state != "denied" or behind >= len(words) or self._ends.gap(behind - 1) != " ":
            return False
        return words[behind] in self._is.of_then

    def _of_cue(self, each: Reached) -> list[Stretch]:
        cue, state = each.cue.cue, _DISCLAIMED.get(each.state)
        if state is None or self._kind not in cue.stretch_in:
            return []
        begin = self._ends.begin(each.cue.first) if cue.direction == "before" else each.cue.first
        said_of_subject = self._tells_of_subject(each) and not cue.outside
        if begin is None and (self._kind == "resume" or not cue.open) and said_of_subject:
            return []
        own = (each.cue.first if begin is None else begin) if not cue.outside else each.cue.first + cue.outside
        if state == "wished" and cue.direction == "before" and not (cue.types or self._names_something(each.cue)):
            return []
        whole: tuple[int, int] | None = None
        if (until := self._headed(each.cue)) is not None:
            if not cue.open or until - each.cue.first > MAX_HEADED_WORDS:
                return []
            whole = own, until
        elif cue.open:
            whole = self._ahead(each.cue, own, state) if cue.direction == "before" else self._ends.back(each.cue)
            if whole is None and (cue.direction == "after" or cue.opening):
                return []
        return self._with_named(whole, (own, each.cue.last), self._named(each), state)

    def _tells_of_subject(self, each: Reached) -> bool:
        """Whether a cue is said of its clause's subject: all but "supervised by"; "my wife" is that subject itself."""
        return each.state != "other_person" or self._tokens.words[each.cue.first] in self._is.my

    def _named(self, each: Reached) -> list[Found]:
        """The names reached that a stretch is to hold."""
        found, cue = [self._found[at] for at in each.mentions], each.cue.cue
        if each.state == "wished":
            # Studies on their way are what somebody does: their degree alone is not had yet.
            return [name for name in found if name.name.type != "degree"]
        if cue.direction == "value" and self._is_number_sign(each.cue):
            return []
        if cue.direction == "before" and cue.reach == 0 and not cue.open:
            found = [name for name in found if name.first >= each.cue.last]
            # "no Java", and not "no marketing budget"
            return [] if found and self._ends.goes_on_as_name(found[-1].last) else found
        return found

    def _is_number_sign(self, cue: FoundCue) -> bool:
        """Whether a "no" is short for number: "spreadsheet (no. of trees)"."""
        text, end = self._tokens.text, self._tokens.ends[cue.last - 1]
        return text[end : end + 2] in (". ", ".:") and text[end + 2 : end + 3].islower()

    def _with_named(
        self, whole: tuple[int, int] | None, cue: tuple[int, int], named: Sequence[Found], state: DisclaimedState
    ) -> list[Stretch]:
        """The stretch with the names that its cue reaches, as far as it has not too many words; else these apart."""
        first, last = whole or cue
        near = [name for name in named if max(last, name.last) - min(first, name.first) <= MAX_WORDS]
        far = [Stretch(name.first, name.last, state) for name in named if name not in near]
        if whole is None and not near:
            return far
        firsts, lasts = [first, cue[0], *(name.first for name in near)], [last, cue[1], *(name.last for name in near)]
        return [Stretch(min(firsts), max(lasts), state), *far]

    def _ahead(self, cue: FoundCue, first: int, state: DisclaimedState) -> tuple[int, int] | None:
        """What an open cue says of the words behind it, from `first` on; None where it says nothing."""
        last = self._ends.end(cue, first, state)
        if last == cue.last and not cue.cue.opening:
            return None
        # "no degree needed, but welcome"; "Supervises: no Required travel: some"
        not_asked = self._kind == "job" and bool(cue.cue.opening)
        if not_asked and (last in self._ends.stops or self._ends.goes_on_as_name(cue.last)):
            return None
        return first, last

    def _headed(self, cue: FoundCue) -> int | None:
        """Where the list ends that a cue heads ("No experience with:"); None where it heads none."""
        if cue.cue.direction == "value" or cue.cue.types:
            return None
        most_behind = 2 if cue.cue.direction == "before" else 0
        until = headed_until(self._tokens, cue.first, cue.last, self._sections, most_behind)
        if until is None:
            return None
        ends = (at for at in range(cue.last, until - 1) if "\n\n" in self._ends.gap(at))
        return next(ends, until - 1) + 1

    def _names_something(self, cue: FoundCue) -> bool:
        words = self._tokens.words
        if cue.last >= len(words) or self._ends.parted(cue.last - 1) or words[cue.last] in self._is.unnamed:
            return False
        if words[cue.last - 1] not in ("in", "to") or "move" in words[cue.first : cue.last]:
            return True
        # "interested in joining a company" is what somebody is after
        is_doing = words[cue.last].endswith("ing") and words[cue.last - 2] == "interested"
        return not (is_doing or self._is.aim.intersection(words[cue.last : cue.last + 6]))


_RANK: dict[DisclaimedState, int] = {"wished": 0, "other_person": 1, "denied": 2}


def apart(stretches: list[Stretch]) -> list[Stretch]:
    """In order, those that overlap joined, with the state that weighs more."""
    joined: list[Stretch] = []
    for each in sorted(stretches, key=lambda stretch: (stretch.first, stretch.last)):
        if joined and each.first < joined[-1].last:
            before = joined.pop()
            state = max(before.state, each.state, key=_RANK.__getitem__)
            each = Stretch(before.first, max(before.last, each.last), state)
        joined.append(each)
    return joined
