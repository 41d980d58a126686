"""Stretches of a text that say what somebody has not: from a cue to where its clause ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libs.contracts.identifiers import Kind
from libs.contracts.structure import DisclaimedState, MentionState
from services.ingest.structure.mentions.candidates import Found, Sections
from services.ingest.structure.mentions.states.clause_words import (
    AFTER_PERSON,
    AIMS,
    AND,
    BEHIND_NAME,
    BESIDE_SUBJECT,
    DENYING,
    MY,
    OPENERS,
    OR,
    RELATIVES,
    SUBJECTS,
    UNNAMED,
    VERBS,
    WELCOME,
)
from services.ingest.structure.mentions.states.clauses import ends_clause
from services.ingest.structure.mentions.states.cues import FoundCue
from services.ingest.structure.mentions.states.headed import headed_until
from services.ingest.structure.mentions.tokens import Tokens

# Words that one cue disclaims at most, itself among them. Of the clauses of real resumes that a cue begins, hardly one
# is longer; a text without sentence ends is not lost by one word.
MAX_WORDS = 30
MAX_HEADED_WORDS = 60
# An "and" or a comma is followed so far in search of an "or" that shows a list.
_MAX_ITEM_WORDS = 5
_MAX_BEFORE = 12
_MAX_BESIDE_SUBJECT = 5
_DISCLAIMED: dict[MentionState, DisclaimedState] = {
    "denied": "denied",
    "wished": "wished",
    "other_person": "other_person",
}
_PARTING = frozenset("–—:：|(（[)）]")


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
        self._stops = stops
        self._kind = kind

    def of(self, reached: Iterable[Reached]) -> list[Stretch]:
        """Those of all cues, in the text's order, none overlapping another."""
        return _apart([stretch for each in reached for stretch in self._of_cue(each)])

    def _of_cue(self, each: Reached) -> list[Stretch]:
        cue, state = each.cue.cue, _DISCLAIMED.get(each.state)
        if state is None or self._kind not in cue.stretch_in:
            return []
        begin = self._begin(each.cue.first) if cue.direction == "before" else each.cue.first
        if begin is None and (self._kind == "resume" or not cue.open) and self._tells_of_subject(each):
            return []
        own = (each.cue.first if begin is None else begin) if not cue.outside else each.cue.first + cue.outside
        whole: tuple[int, int] | None = None
        if (until := self._headed(each.cue)) is not None:
            if not cue.open or until - each.cue.first > MAX_HEADED_WORDS:
                return []
            whole = own, until
        elif cue.open:
            whole = self._ahead(each.cue, own, state) if cue.direction == "before" else self._back(each.cue)
            if whole is None and (cue.direction == "after" or cue.opening):
                return []
        return self._with_named(whole, (own, each.cue.last), self._named(each), state)

    def _tells_of_subject(self, each: Reached) -> bool:
        """Whether a cue is said of its clause's subject: all but "supervised by"; "my wife" is that subject itself."""
        return each.state != "other_person" or self._tokens.words[each.cue.first] in MY

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
            return [] if found and self._goes_on_as_name(found[-1].last) else found
        return found

    def _is_number_sign(self, cue: FoundCue) -> bool:
        """Whether a "no" is short for number: "spreadsheet (no. of trees)"."""
        text, end = self._tokens.text, self._tokens.ends[cue.last - 1]
        return text[end : end + 2] in (". ", ".:") and text[end + 2 : end + 3].islower()

    def _goes_on_as_name(self, behind: int) -> bool:
        words = self._tokens.words
        return behind < len(words) and self._gap(behind - 1) == " " and words[behind] not in BEHIND_NAME

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
        last = self._end(cue, state)
        if last == cue.last and not cue.cue.opening:
            return None
        # "no degree needed, but welcome"; "Supervises: no Required travel: some"
        not_asked = self._kind == "job" and bool(cue.cue.opening)
        if not_asked and (last in self._stops or self._goes_on_as_name(cue.last)):
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
        ends = (at for at in range(cue.last, until - 1) if "\n\n" in self._gap(at))
        return next(ends, until - 1) + 1

    def _begin(self, first: int) -> int | None:
        """Where the subject stands that a cue is said of, or the cue itself, at its clause's beginning.

        None where somebody else is spoken of: "students who have no experience".
        """
        words, begin = self._tokens.words, first
        for at in range(first - 1, max(-1, first - 1 - _MAX_BESIDE_SUBJECT), -1):
            word = words[at]
            if word in RELATIVES and not self._parts(at):
                return None
            if at in self._stops or self._parts(at):
                return begin
            if word in SUBJECTS:
                return at
            if word not in BESIDE_SUBJECT:
                return begin if begin < first and words[begin] in SUBJECTS else None
            begin = begin if word in AND or word in OR else at
        return begin if first <= _MAX_BESIDE_SUBJECT else None

    def _end(self, cue: FoundCue, state: DisclaimedState) -> int:
        """The word behind the last one that is said of: where the clause, the list or the limit ends."""
        tokens, at = self._tokens, cue.last - 1
        latest = min(len(tokens.words), cue.first + MAX_WORDS) - 1
        if state == "wished" and not self._names_something(cue):
            return cue.last
        while at < latest and not self._ends(at, cue, state):
            at += 1
        return at + 1

    def _ends(self, at: int, cue: FoundCue, state: DisclaimedState) -> bool:
        """Whether what is said ends between the word `at` and the next."""
        words, following = self._tokens.words, at + 1
        if self._parts(at, comma=False) or following in self._stops:
            return True
        word, behind_cue = words[following], at >= cue.last
        if "," in self._gap(at) or "，" in self._gap(at):
            return not (state == "denied" and word in DENYING) and not self._list_goes_on(following, state)
        if state == "other_person" and word in AFTER_PERSON and behind_cue:
            return True
        if word in OPENERS and behind_cue:
            return True
        if word in AND or word in OR:
            return bool(cue.cue.opening) or self._begins_clause(following + 1)
        return word in SUBJECTS and behind_cue

    def _list_goes_on(self, at: int, state: DisclaimedState) -> bool:
        """Whether an item that begins behind a comma belongs to what was said: others follow it, the last with "or"."""
        words, tokens = self._tokens.words, self._tokens
        joining = OR if state == "denied" else OR | AND
        since_comma = 0
        for place in range(at, min(len(words), at + MAX_WORDS)):
            word = words[place]
            if place in self._stops or word in SUBJECTS or word in VERBS or word in OPENERS or word.isdigit():
                return False
            if word in joining:
                return not self._begins_clause(place + 1)
            since_comma += 1
            if since_comma > _MAX_ITEM_WORDS or place + 1 == len(words) or self._parts(place, comma=False):
                return False
            if "," in tokens.text[tokens.ends[place] : tokens.starts[place + 1]]:
                since_comma = 0
        return False

    def _begins_clause(self, at: int) -> bool:
        """Whether a clause of its own begins with a word behind "and"."""
        words = self._tokens.words
        if at >= len(words) or at in self._stops:
            return True
        word = words[at]
        if word in SUBJECTS or word in VERBS or word in OPENERS or word.isdigit():
            return True
        return (len(word) > 4 and word.endswith("ed")) or word in MY or word in ("as", "with")

    def _names_something(self, cue: FoundCue) -> bool:
        words = self._tokens.words
        if cue.last >= len(words) or self._parts(cue.last - 1) or words[cue.last] in UNNAMED:
            return False
        if words[cue.last - 1] not in ("in", "to") or "move" in words[cue.first : cue.last]:
            return True
        # "interested in joining a company" is what somebody is after
        is_doing = words[cue.last].endswith("ing") and words[cue.last - 2] == "interested"
        return not (is_doing or AIMS.intersection(words[cue.last : cue.last + 6]))

    def _back(self, cue: FoundCue) -> tuple[int, int] | None:
        """What an open cue says of the clause that it ends; None where that is too long, or goes on with "but"."""
        at = cue.first
        if cue.last in self._stops or self._goes_on_as_name(cue.last):
            return None
        while at > 0 and not self._parts(at - 1) and at - 1 not in self._stops:
            at -= 1
            word = self._tokens.words[at]
            if cue.first - at > _MAX_BEFORE or word in OPENERS or word in WELCOME:
                return None
        return (at, cue.last) if at < cue.first else None

    def _parts(self, at: int, *, comma: bool = True) -> bool:
        """Whether a sentence, an item, a bracket or a dash parts the word `at` from the next; a `comma` too."""
        gap = self._gap(at)
        if len(gap) == 1 and gap in " -/":
            return False
        if comma and ("," in gap or "，" in gap):
            return True
        return ends_clause(self._tokens, at) or bool(_PARTING.intersection(gap)) or " - " in gap

    def _gap(self, at: int) -> str:
        tokens = self._tokens
        return tokens.text[tokens.ends[at] : tokens.starts[at + 1]] if at + 1 < len(tokens.words) else "\n\n"


_RANK: dict[DisclaimedState, int] = {"wished": 0, "other_person": 1, "denied": 2}


def _apart(stretches: list[Stretch]) -> list[Stretch]:
    """In order, those that overlap joined, with the state that weighs more."""
    joined: list[Stretch] = []
    for each in sorted(stretches, key=lambda stretch: (stretch.first, stretch.last)):
        if joined and each.first < joined[-1].last:
            before = joined.pop()
            state = max(before.state, each.state, key=_RANK.__getitem__)
            each = Stretch(before.first, max(before.last, each.last), state)
        joined.append(each)
    return joined
