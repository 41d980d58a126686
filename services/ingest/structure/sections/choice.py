"""Which candidates are headings: by their words, their look, and what stands around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.ingest.structure.sections.below import names_degree
from services.ingest.structure.sections.dated import holds_date
from services.ingest.structure.sections.heading_lines import Candidate, Look, body_style
from services.ingest.structure.sections.heading_words import holds_small_word, read_title
from services.ingest.structure.stored_text import StoredText
from services.ingest.structure.title.occupation_words import begins_with_head, is_shaped, names_occupation

# Signs needed beside the words: none where the words are sure.
WEAK_NEEDS = 1.0
PARTLY_KNOWN_NEEDS = 2.0
UNKNOWN_NEEDS = 3.0
MAX_UNKNOWN_WORDS = 5

_NO_HEADING = re.compile(
    r"[@\d,;|%$€£]|https?:|www\."
    r"|\b(?:inc|ltd|llc|llp|gmbh|ag|kg|se|plc|corp|corporation|company|co|sa|sarl|sas|srl|spa|bv|nv|oy|ab|as|aps|lda|sp"
    r"|university|universit\w*|université|universidad|universidade|università|universiteit|uniwersytet|college|institute"
    r"|hochschule|school|lycée|colegio|hospital|hotel|bank|group|klinik\w*|academy)\b",
    re.IGNORECASE,
)
# A position that stands below an employer is no longer.
MAX_POSITION_CHARS = 60
_REACHED = re.compile(r"@|\d{3}")
_OF_IT = re.compile(r"\S+\s+(?:of|in|for|di|de|del|du|des|für|van|voor|da|do)\s", re.IGNORECASE)


def _names_post_or_degree(title: str) -> bool:
    """Whether a position or a degree is named whose field is a heading's word: "Master of Education"."""
    return _OF_IT.match(title) is not None and (names_degree(title) or begins_with_head(title))


def choose(stored: StoredText, found: Sequence[Candidate]) -> list[Candidate]:
    """The headings among the candidates, in the text's order."""
    return _Choice(stored, found).headings()


class _Choice:
    """Two passes: what the words alone make sure, then what looks like that."""

    def __init__(self, stored: StoredText, found: Sequence[Candidate]) -> None:
        self.is_job = stored.kind == "job"
        self.lines = stored.lines
        self.found = found
        self.body = body_style(stored.lines)
        self.sure = [candidate for candidate in found if not candidate.content and self._is_sure(candidate)]
        self.looks = Counter(candidate.look for candidate in self.sure)
        self.signs: dict[Look, float] = {}
        self.cases = {candidate.look.case for candidate in self.sure if not candidate.look.after_blank}
        self.repeated = Counter(
            candidate.title.casefold() for candidate in found if candidate.reading and candidate.reading.label
        )
        sure = set(self.sure)
        self.others = Counter(candidate.look for candidate in found if not candidate.content and candidate not in sure)

    def headings(self) -> list[Candidate]:
        chosen: list[Candidate] = []
        sure = set(self.sure)
        first = self.sure[0].number if self.sure else len(self.lines)
        for candidate in self.found:
            if chosen and chosen[-1].number == candidate.number:
                continue
            section = chosen[-1] if chosen else None
            if candidate.content:
                is_heading = self._is_inline(candidate, section)
            elif candidate in sure:
                is_heading = not self._is_label(candidate, section)
            else:
                is_heading = self._is_likely(candidate, candidate.number > first)
            if is_heading:
                chosen.append(candidate)
        return chosen

    def _is_sure(self, candidate: Candidate) -> bool:
        """Whether the words leave no doubt, and nothing speaks against it."""
        reading, look = candidate.reading, candidate.look
        if reading is None or not reading.sure:
            return False
        if self._is_listed(candidate) or _names_post_or_degree(candidate.title):
            return False
        marked = look.after_blank or look.colon or self._stands_out(look)
        if look.case == "lower" and not marked:
            return False  # the end of a sentence that goes over two lines
        return not (reading.listed and look.case in ("sentence", "lower") and not marked) and self._is_joined(candidate)

    def _is_joined(self, candidate: Candidate) -> bool:
        """Whether each part between commas is a heading's: "Training, Transportation" is a list."""
        parts = [part.strip() for part in re.split("[,،]", candidate.title)]
        return len(parts) == 1 or all(read_title(part, self.is_job) or holds_small_word(part) for part in parts)

    def _is_listed(self, candidate: Candidate) -> bool:
        """Whether the line is an item of a list."""
        bullet = candidate.look.bullet
        if not bullet:
            return False
        if self.is_job:
            return True
        near = [*self.lines[max(0, candidate.number - 1) : candidate.number]]
        near += self.lines[candidate.number + 1 : candidate.number + 2]
        return any(line.text.startswith(bullet) for line in near)

    def _is_label(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether it names a part of an entry, or an item of a list, rather than a section."""
        reading, look = candidate.reading, candidate.look
        if reading is None or section is None or section.reading is None:
            return False
        marked = self._signs(look) >= 1
        if reading.label and section.reading.kind == "experience":
            return self.repeated[candidate.title.casefold()] > 1 or (look.colon and not self._is_usual(look))
        if reading.listed and section.reading.kind == "skills" and not marked:
            below = self.lines[candidate.number + 1 : candidate.number + 4]
            entries = reading.kind in ("experience", "education")
            return not entries or not any(holds_date(line.text) for line in below)
        # Where other headings begin each word with a capital.
        return look.case == "sentence" and not marked and bool(self.cases & {"title", "upper"})

    def _is_usual(self, look: Look) -> bool:
        return sum(count for other, count in self.looks.items() if other.is_like(look)) > 1

    def _stands_out(self, look: Look) -> bool:
        """Whether it is bigger, bolder or of another colour than most of the text."""
        if look.style is None or self.body is None:
            return False
        size, bold, coloured = look.style
        return size > self.body[0] or (bold and not self.body[1]) or (coloured and not self.body[2])

    def _signs(self, look: Look) -> float:
        """How much of its look speaks for a heading."""
        if look not in self.signs:
            self.signs[look] = self._weighed(look)
        return self.signs[look]

    def _weighed(self, look: Look) -> float:
        alike = sum(count for other, count in self.looks.items() if other.is_like(look))
        unlike = sum(count for other, count in self.others.items() if other.is_like(look))
        stands_out = self._stands_out(look)
        distinct = look.after_blank or look.colon or look.case == "upper" or bool(look.bullet) or stands_out
        signs = 0.0
        if distinct and alike:
            signs += 1.0 if alike < 2 else 1.5
            if unlike <= max(1, alike // 2):
                signs += 1.0
        elif len(self.sure) >= 2:
            signs -= 1.0  # the text's headings look otherwise
        if look.after_blank:
            signs += 0.5
        if look.colon:
            signs += 0.25
        if look.case == "upper":
            signs += 0.25
        if stands_out:
            signs += 0.5
        return signs

    def _is_likely(self, candidate: Candidate, below_sure: bool) -> bool:
        """Whether the look makes up for words that leave doubt."""
        reading, look = candidate.reading, candidate.look
        if self._is_listed(candidate) or (look.case == "lower" and not look.after_blank):
            return False
        if _names_post_or_degree(candidate.title):
            return False
        signs = self._signs(look)
        if reading is not None and reading.weak:
            return signs >= WEAK_NEEDS
        if reading is not None and reading.sure:
            return signs >= PARTLY_KNOWN_NEEDS
        if not below_sure or self._is_entry(candidate):
            return False
        if names_occupation(candidate.title, True) and is_shaped(candidate.title):
            return False  # "Language teacher" holds a heading's word, but is a position
        if self.is_job and not (look.colon or look.case == "upper" or self._stands_out(look)):
            return False  # what a posting asks for often stands in short lines with blank ones between
        if reading is not None and reading.kind != "other":
            return signs >= PARTLY_KNOWN_NEEDS
        if signs < UNKNOWN_NEEDS or len(candidate.title.split()) > MAX_UNKNOWN_WORDS:
            return False
        # A person or an employer stands above a blank line as a heading does, and in the same letters.
        if look.colon or bool(look.bullet) or self._stands_out(look) or holds_small_word(candidate.title):
            return True
        return look.case == "upper" and look.after_blank and self._is_alone_in_capitals(candidate)

    def _is_alone_in_capitals(self, candidate: Candidate) -> bool:
        """Whether headings stand in capitals, and nothing else that might be an employer or a person."""
        capitals = sum(count for look, count in self.looks.items() if look.case == "upper")
        below = self.lines[candidate.number + 1 : candidate.number + 4]
        told = any(holds_date(line.text) or _REACHED.search(line.text) for line in below)
        named = bool(below) and len(below[0].text) < MAX_POSITION_CHARS and names_occupation(below[0].text, True)
        return capitals == len(self.sure) > 2 and self.others[candidate.look] == 1 and not told and not named

    def _is_entry(self, candidate: Candidate) -> bool:
        """Whether it rather names an employer, a school, a person, something with a date."""
        if _NO_HEADING.search(candidate.line.text) or names_degree(candidate.title):
            return True
        below = self.lines[candidate.number + 1 : candidate.number + 3]
        if below and candidate.look.colon and candidate.look.after_blank and self._is_usual(candidate.look):
            return False  # no employer stands like the headings, with a colon
        return not below or any(holds_date(line.text) for line in below)

    def _is_inline(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether a label with words behind it heads a section of one line, or begins one."""
        reading, look = candidate.reading, candidate.look
        if reading is None or reading.label or reading.listed or look.bullet or self.is_job:
            return False
        if section is None and self.sure and reading.kind != "summary":
            return False  # in the text's head: "Driver's licence: B" beside a telephone number
        inside = section.reading.kind if section is not None and section.reading is not None else None
        if inside == "skills" and not (look.after_blank and look.case == "upper"):
            return False  # a group of skills: "Languages: Java, Go"
        if reading.kind in ("other", "asked") and not look.after_blank:
            return False
        capitals = look.case == "upper" and (not self.sure or any(other.case == "upper" for other in self.looks))
        if self.sure and inside in ("experience", "projects", "education"):
            return look.after_blank and capitals
        return look.after_blank or capitals or self._stands_out(look)
