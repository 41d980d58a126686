"""Where the clause around a cue begins and ends."""

from __future__ import annotations

from libs.contracts.structure import DisclaimedState
from services.ingest.structure.mentions.states.clause_words import clause_words
from services.ingest.structure.mentions.states.clauses import ends_clause
from services.ingest.structure.mentions.states.cues import FoundCue
from services.ingest.structure.mentions.tokens import Tokens

# Words of one stretch at most, the cue among them: a text without sentence ends is not lost by one word. In 900 real
# resumes and 663 postings the longest has 13.
MAX_WORDS = 30
_MAX_BEFORE = 12
# Behind a comma an item of a list has at most so many words.
_MAX_ITEM_WORDS = 5
_MAX_BESIDE_SUBJECT = 5
_MIN_PARTICIPLE = 4
_PARTING = frozenset("–—:：|(（[)）]")


class ClauseEnds:
    """Of one text; `stops` are its words that end what a cue reaches."""

    def __init__(self, tokens: Tokens, stops: frozenset[int]) -> None:
        self._tokens = tokens
        self._is = clause_words()
        self.stops = stops

    def begin(self, first: int) -> int | None:
        """Where the subject stands that a cue is said of, or the cue itself, at its clause's beginning.

        None where somebody else is spoken of: "students who have no experience".
        """
        words, begin = self._tokens.words, first
        for at in range(first - 1, max(-1, first - 1 - _MAX_BESIDE_SUBJECT), -1):
            word = words[at]
            if word in self._is.relative and not self.parted(at):
                return None
            if at in self.stops or self.parted(at):
                return begin
            if word in self._is.subject:
                return at
            if word in self._is.and_ or word in self._is.or_:
                return None if words[begin] in self._is.of_others else begin
            if word not in self._is.beside_subject:
                return None
            begin = at
        return begin if first <= _MAX_BESIDE_SUBJECT else None

    def end(self, cue: FoundCue, first: int, state: DisclaimedState) -> int:
        """The word behind the last one said of, in a stretch that begins with the word `first`: where the clause,
        the list or the limit ends.
        """
        tokens, at = self._tokens, cue.last - 1
        latest = min(len(tokens.words), first + MAX_WORDS) - 1
        while at < latest and not self._ends(at, cue, state):
            at += 1
        return at + 1

    def back(self, cue: FoundCue) -> tuple[int, int] | None:
        """What an open cue says of the clause that it ends; None where that is too long, or goes on with "but"."""
        at = cue.first
        if cue.last in self.stops or self.goes_on_as_name(cue.last):
            return None
        while at > 0 and not self.parted(at - 1) and at - 1 not in self.stops:
            at -= 1
            word = self._tokens.words[at]
            if cue.first - at > _MAX_BEFORE or word in self._is.opener or word in self._is.welcome:
                return None
        return (at, cue.last) if at < cue.first else None

    def goes_on_as_name(self, behind: int) -> bool:
        words = self._tokens.words
        if behind >= len(words) or self.gap(behind - 1) != " ":
            return False
        word, known = words[behind], self._is
        others = (known.behind_name, known.after_person, known.and_, known.or_, known.opener, known.verb)
        return not any(word in words for words in others)

    def parted(self, at: int, *, comma: bool = True) -> bool:
        """Whether a sentence, an item, a bracket or a dash parts the word `at` from the next; a `comma` too."""
        gap = self.gap(at)
        if len(gap) == 1 and gap in " -/":
            return False
        if comma and ("," in gap or "，" in gap):
            return True
        return ends_clause(self._tokens, at) or bool(_PARTING.intersection(gap)) or " - " in gap

    def gap(self, at: int) -> str:
        tokens = self._tokens
        return tokens.text[tokens.ends[at] : tokens.starts[at + 1]] if at + 1 < len(tokens.words) else "\n\n"

    def _ends(self, at: int, cue: FoundCue, state: DisclaimedState) -> bool:
        """Whether what is said ends between the word `at` and the next."""
        words, following = self._tokens.words, at + 1
        if self.parted(at, comma=False) or following in self.stops:
            return True
        word, behind_cue = words[following], at >= cue.last
        if "," in self.gap(at) or "，" in self.gap(at):
            if cue.cue.does:
                return self._is_of_others_or_mine(following) or self._is_done(following)
            return not (state == "denied" and word in self._is.denying) and not self._list_goes_on(following, state)
        if state == "other_person" and word in self._is.after_person and behind_cue and not cue.cue.does:
            return True
        if word in self._is.opener and behind_cue:
            return not cue.cue.does or self._is_of_others_or_mine(following + 1)
        if word in self._is.and_ or word in self._is.or_:
            if cue.cue.does:
                # Somebody else does the next thing too, until another does.
                return self._is_of_others_or_mine(following + 1)
            return bool(cue.cue.opening) or self._begins_clause(following + 1)
        return behind_cue and self._is_subject(following)

    def _list_goes_on(self, at: int, state: DisclaimedState) -> bool:
        """Whether an item that begins behind a comma belongs to what was said: others follow it, the last with "or"."""
        words, tokens = self._tokens.words, self._tokens
        joining = self._is.or_ if state == "denied" else self._is.or_ | self._is.and_
        since_comma = 0
        for place in range(at, min(len(words), at + MAX_WORDS)):
            word = words[place]
            if (
                place in self.stops
                or word in self._is.subject
                or word in self._is.verb
                or word in self._is.opener
                or word.isdigit()
            ):
                return False
            if word in joining:
                return not self._begins_clause(place + 1)
            since_comma += 1
            if since_comma > _MAX_ITEM_WORDS or place + 1 == len(words) or self.parted(place, comma=False):
                return False
            if "," in tokens.text[tokens.ends[place] : tokens.starts[place + 1]]:
                since_comma = 0
        return False

    def _begins_clause(self, at: int) -> bool:
        """Whether a clause of its own begins with a word behind "and"."""
        words = self._tokens.words
        if at >= len(words) or at in self.stops:
            return True
        word = words[at]
        if self._is_of_another_clause(at) or word in self._is.my or word in ("as", "with"):
            return True
        return len(word) > _MIN_PARTICIPLE and word.endswith("ed")

    def _is_done(self, at: int) -> bool:
        """Whether a word is what is done, by whom nobody says: "…, managed the accounts"."""
        word = self._tokens.words[at]
        return word in self._is.does or word in self._is.verb or word.endswith(("ed", "ing"))

    def _is_of_others_or_mine(self, at: int) -> bool:
        words = self._tokens.words
        return at >= len(words) or at in self.stops or self._is_subject(at) or words[at] in self._is.my

    def _is_of_another_clause(self, at: int) -> bool:
        word = self._tokens.words[at]
        return self._is_subject(at) or word in self._is.verb or word in self._is.opener or word.isdigit()

    def _is_subject(self, at: int) -> bool:
        # "eu" is "I" in Portuguese, "EU" is not
        written = self._tokens.text[self._tokens.starts[at] : self._tokens.ends[at]]
        return self._tokens.words[at] in self._is.subject and (len(written) == 1 or not written.isupper())
