"""Whether a person has what a text names and says: how far the cues in it reach."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from libs.contracts.identifiers import Kind
from libs.contracts.structure import MentionState
from services.ingest.structure.mentions.candidates import Found, Sections
from services.ingest.structure.mentions.lists import is_list_gap
from services.ingest.structure.mentions.states.clause_words import clause_words
from services.ingest.structure.mentions.states.clauses import brackets, ends_clause, ends_item
from services.ingest.structure.mentions.states.cues import FoundCue, find_cues
from services.ingest.structure.mentions.states.headed import headed_until
from services.ingest.structure.mentions.states.lacking_lines import lacking_lines
from services.ingest.structure.mentions.states.stretches import Reached, Stretch, Stretches, apart
from services.ingest.structure.mentions.tokens import Tokens

_RANK: dict[MentionState, int] = {"had": 0, "wished": 1, "other_person": 2, "expired": 3, "denied": 4}
# Between two mentions of one scope: words that do not begin something new.
_CONNECTING = frozenset(
    "a an and any at by for from in nor of on or the their to using with und oder in mit der die das im von et ou de "
    "des du en la le les avec con y o de los las e ou em com no na met of van i lub z w 和 或 与 及 的".split()
)
_OR = frozenset("or nor oder noch ou o u lub ani 或".split())
_AND = frozenset("and or nor und oder et ou y o e i lub en of 和 或 与 及".split())
_MAX_UNKNOWN = 3
_MAX_LISTED = 50
# A mention behind a comma with one of these behind it begins a clause of its own: "…, Docker is my daily tool".
_VERBS = frozenset("is are was were has have had i my we ist sind habe est sont es son è sono jest".split())
# "Kubernetes", and on the next line "Knowledge: none".
_OF_WHAT = frozenset(
    "knowledge experience level skill skills proficiency kenntnisse erfahrung niveau connaissances nivel "
    "conocimientos experiencia livello conoscenza conhecimento kennis ervaring znajomosc doswiadczenie 经验".split()
)
_MAX_VALUE_GAP = 4
_TURNED = frozenset("i we have had has ich je yo io eu ik".split())
# Between a cue and the colon of what it heads: "no experience with the following:".
_MAX_BEHIND_CUE = 2
_SIGNS_OF_VALUE = re.compile(r"[:：(（|=–—]| - |-\s")
# "ASP.NET (4.0)" is no value of 0.
_IN_NUMBER = re.compile(r"[.,\d]\d")
_MONTH_YEAR = re.compile(r"(?<!\d)(?:(?P<month>0?[1-9]|1[0-2])[/.-])?(?P<year>(?:19|20)\d\d)(?:-(?P<iso>\d\d))?(?!\d)")
_DATE_CHARS = 24
# "Excel-free stock counts".
_DONE_WITHOUT = re.compile(r"[-‐‑](?:free|less)\b", re.IGNORECASE)


class _Scopes:
    """What the cues of one text reach, while they are gone through."""

    def __init__(self, tokens: Tokens, found: Sequence[Found], sections: Sections, as_of: date) -> None:
        self.tokens = tokens
        self.found = found
        self.sections = sections
        self.as_of = as_of
        self.firsts = [each.first for each in found]
        self.lasts = [each.last for each in found]
        self.subjects = clause_words().subject | {"my", "meine"}
        cues = find_cues(tokens, [(each.first, each.last) for each in found])
        # "Every section except pastry": there the word says what is not had, and stops nothing.
        telling = {each.last for each in cues if each.cue.opening}
        stops = [each for each in cues if each.cue.direction == "stop" and each.last not in telling]
        self.stops = {at for each in stops for at in range(each.first, each.last)}
        self.cues = [each for each in cues if each.cue.direction not in ("stop", "none")]

    def reached(self) -> Iterator[Reached]:
        """Each cue that gives a state, with the mentions it reaches."""
        told = -1  # the first word of the last cue that was a value: "Excel: no" says nothing of what comes next
        for each in sorted(self.cues, key=lambda found: (found.first, found.cue.direction != "value")):
            if each.first == told:
                continue
            effect = each.cue.effect
            state: MentionState = "had"
            if effect != "until":
                state = effect
            elif self._is_past(self.tokens.ends[each.last - 1]):
                state = "expired"
            if state == "had":
                continue
            mentions = list(self._reached(each))
            if mentions and each.cue.direction == "value":
                told = each.first
            yield Reached(each, state, mentions)

    def _reached(self, each: FoundCue) -> Iterator[int]:
        cue = each.cue
        if cue.opening:
            return
        if cue.direction == "value":
            start, end = self.tokens.starts[each.first], self.tokens.ends[each.last - 1]
            if not ends_item(self.tokens.text, end) or _IN_NUMBER.match(self.tokens.text, max(0, start - 1)):
                return
            yield from self._behind_which(each, cue.reach)
        elif cue.direction == "after":
            yield from self._spoken_of(each)
        else:
            reached = list(self._before_which(each)) or list(self._behind_which(each, _MAX_VALUE_GAP))
            yield from reached or self._turned_round(each)

    def _before_which(self, each: FoundCue) -> Iterator[int]:
        """The mentions behind a cue: the first within reach, and those in a list with it; or those that it heads."""
        if (until := self._headed_until(each, _MAX_BEHIND_CUE)) is not None:
            yield from range(bisect_left(self.firsts, each.last), bisect_left(self.firsts, until))
            return
        at = bisect_left(self.firsts, each.last)
        if at == len(self.found) or self.found[at].first - each.last > each.cue.reach:
            return
        if not self._one_clause(each.last - 1, self.found[at].first):
            return
        if each.cue.effect == "other_person" and "," in self._between(each.last - 1, self.found[at].first):
            return
        most = min(len(self.found), at + _MAX_LISTED)
        while at < most:
            if self._is_of(each, at):
                yield at
            at += 1
            if at == most or not self._goes_on(at):
                return
            # "former registered nurse with BLS"
            if each.cue.effect == "expired" and not self._is_listed(at):
                return

    def _headed_until(self, each: FoundCue, most_behind: int) -> int | None:
        # What is said of some types alone heads no list: "the ideal candidate:".
        return None if each.cue.types else headed_until(self.tokens, each.first, each.last, self.sections, most_behind)

    def _goes_on(self, at: int) -> bool:
        """Whether a scope that holds the mention before `at` holds that one too."""
        left, right = self.found[at - 1], self.found[at]
        if not self._one_clause(left.last - 1, right.first):
            return False
        between = self.tokens.words[left.last : right.first]
        gap = self.tokens.text[left.end : right.start]
        new = [word for word in between if word not in _CONNECTING]
        if not new:
            comma = "," in gap or "，" in gap
            return not (comma and self.tokens.words[right.last : right.last + 1] and self._begins_clause(right))
        if len(new) > _MAX_UNKNOWN or self.subjects.intersection(between):
            return False
        in_list = gap.lstrip().startswith((",", "、")) and (gap.rstrip().endswith((",", "、")) or between[-1] in _AND)
        return in_list or between[0] in _OR

    def _is_listed(self, at: int) -> bool:
        left, right = self.found[at - 1], self.found[at]
        return is_list_gap(self.tokens.text[left.end : right.start])

    def _between(self, left: int, right: int) -> str:
        """The text between two words."""
        return self.tokens.text[self.tokens.ends[left] : self.tokens.starts[right]]

    def _begins_clause(self, found: Found) -> bool:
        behind = found.last
        return self.tokens.words[behind] in _VERBS and not ends_clause(self.tokens, behind - 1)

    def _spoken_of(self, each: FoundCue) -> Iterator[int]:
        """The mention before a cue, and those joined to it by "and"; or those that the cue heads."""
        if (until := self._headed_until(each, 0)) is not None:
            yield from range(bisect_left(self.firsts, each.last), bisect_left(self.firsts, until))
            return
        at = self._last_before(each, each.cue.reach)
        if at is None:
            return
        yield at
        joined = False
        while at > 0 and each.cue.effect not in ("expired", "until"):
            left, right = self.found[at - 1], self.found[at]
            gap = self.tokens.text[left.end : right.start]
            by_word = bool(_AND.intersection(self.tokens.words[left.last : right.first]))
            if not is_list_gap(gap) or "\n" in gap or not (by_word or "/" in gap or joined):
                return
            if not self._is_of(each, at - 1):
                return
            joined = True
            at -= 1
            yield at

    def _behind_which(self, each: FoundCue, reach: int) -> Iterator[int]:
        """The mention whose value the cue is: "Kubernetes – 0 years", "Java (never used)"."""
        at = self._last_before(each, reach)
        if at is None:
            return
        text, tokens = self.tokens.text, self.tokens
        gap = text[self.found[at].end : tokens.starts[each.first]]
        close = min(each.last + 2, len(tokens.words)) - 1
        ends = any(ends_item(text, tokens.ends[word]) for word in range(each.last - 1, close + 1))
        if _SIGNS_OF_VALUE.search(gap) and ends:
            yield at

    def _turned_round(self, each: FoundCue) -> Iterator[int]:
        """The mention right before a cue that ends its clause: "SAP FI I have never worked with"."""
        at = bisect_right(self.lasts, each.first) - 1
        if at < 0 or not ends_item(self.tokens.text, self.tokens.ends[each.last - 1]):
            return
        between = self.tokens.words[self.found[at].last : each.first]
        if self._between(self.found[at].last - 1, each.first).strip(" ").replace(" ", "").isalpha() and (
            _TURNED.issuperset(between)
        ):
            yield at

    def _last_before(self, each: FoundCue, reach: int) -> int | None:
        at = bisect_right(self.lasts, each.first) - 1
        while at >= 0 and each.first - self.found[at].last <= reach:
            if not self._one_clause(self.found[at].last - 1, each.first, tolerant=True):
                return None
            if self._is_of(each, at):
                return at
            at -= 1
        return None

    def _is_of(self, each: FoundCue, at: int) -> bool:
        types = each.cue.types
        return not types or self.found[at].name.type in types

    def _one_clause(self, left: int, right: int, *, tolerant: bool = False) -> bool:
        """Whether no sentence, item or bracket ends, and nothing stops a scope, between two words.

        `tolerant`: a bar between the cells of a table, and a bracket that opens, end nothing.
        """
        depth = 0
        text, starts, ends = self.tokens.text, self.tokens.starts, self.tokens.ends
        for at in range(left, right):
            gap = text[ends[at] : starts[at + 1]]
            if at > left and at in self.stops:
                return False
            if len(gap) == 1 and gap in " ,-/":
                continue
            change, closes = brackets(gap)
            if closes and depth == 0 and not tolerant:
                return False
            depth = max(0, depth + change)
            if ends_clause(self.tokens, at) and not (tolerant and self._joins_value(at, right, gap)):
                return False
        return True

    def _joins_value(self, at: int, right: int, gap: str) -> bool:
        """Whether a bar or a line's end behind the word `at` only parts a name from the value told of it."""
        return gap.strip() == "|" or (gap == "\n" and at + 2 == right and self.tokens.words[at + 1] in _OF_WHAT)

    def _is_past(self, offset: int) -> bool:
        told = _MONTH_YEAR.search(self.tokens.text, offset, offset + _DATE_CHARS)
        if told is None:
            return False
        month = int(told["month"] or told["iso"] or 12)
        return (int(told["year"]), month) < (self.as_of.year, self.as_of.month)


def states_of(
    tokens: Tokens, found: Sequence[Found], sections: Sections, as_of: date, kind: Kind
) -> tuple[list[MentionState], list[Stretch]]:
    """The state of each mention (given in the text's order), and the stretches that say what somebody has not.

    A mention within a stretch has its state, or one that weighs more. Linear in text and mentions.
    """
    scopes = _Scopes(tokens, found, sections, as_of)
    reached = list(scopes.reached())
    states: list[MentionState] = [
        "denied" if kind == "resume" and _DONE_WITHOUT.match(tokens.text, each.end) else "had" for each in found
    ]
    for each in reached:
        for at in each.mentions:
            states[at] = _weightier(states[at], each.state)
    stretches = Stretches(tokens, found, sections, frozenset(scopes.stops), kind).of(reached)
    if kind == "resume":
        stretches = apart([*stretches, *_lacking(tokens, found, scopes.firsts)])
    for stretch in stretches:
        for at in range(bisect_left(scopes.firsts, stretch.first), bisect_left(scopes.firsts, stretch.last)):
            states[at] = _weightier(states[at], stretch.state)
    return states, stretches


def _lacking(tokens: Tokens, found: Sequence[Found], firsts: Sequence[int]) -> Iterator[Stretch]:
    """Items that say that something is not held. What the vocabulary knows of what expired has that state itself, and
    studies on their way are what somebody does."""
    for stretch, was_held in lacking_lines(tokens):
        named = found[bisect_left(firsts, stretch.first) : bisect_left(firsts, stretch.last)]
        if not (was_held and named) and all(each.name.type != "degree" for each in named):
            yield stretch


def _weightier(one: MentionState, other: MentionState) -> MentionState:
    return other if _RANK[other] > _RANK[one] else one
