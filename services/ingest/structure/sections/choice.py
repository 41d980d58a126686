"""Which candidates are headings: by their words, their look, and what stands around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.ingest.structure.sections.alike import Alike
from services.ingest.structure.sections.dated import holds_date
from services.ingest.structure.sections.headed_blocks import headed_blocks
from services.ingest.structure.sections.heading_lines import Candidate
from services.ingest.structure.sections.heading_vocabulary import WordKind
from services.ingest.structure.sections.heading_words import holds_small_word, read_title
from services.ingest.structure.sections.likely import (
    FEW_HEADINGS,
    PARTLY_KNOWN_NEEDS,
    WEAK_NEEDS,
    Likely,
    names_post_or_degree,
)
from services.ingest.structure.sections.looks import BULLETS, Look, body_style, number_before, sign_before, stands_out
from services.ingest.structure.sections.personal_skills import is_part, opens_personal_skills
from services.ingest.structure.stored_text import StoredText

# So many lines below a heading with words behind it stands the next.
INLINE_LINES = 2
# What parts of a section are called, which are headings elsewhere.
_PARTS_OF: dict[WordKind, frozenset[WordKind]] = {
    "education": frozenset({"education", "certifications", "projects", "other"}),
    "skills": frozenset({"skills", "languages", "certifications"}),
}


def choose(stored: StoredText, found: Sequence[Candidate]) -> list[Candidate]:
    """The headings among the candidates, in the text's order."""
    return _Choice(stored, found).headings()


class _Choice:
    """Two passes: what the words alone make sure, then what looks like that."""

    def __init__(self, stored: StoredText, found: Sequence[Candidate]) -> None:
        self.is_job = stored.kind == "job"
        self.lines = stored.lines
        self.found = found
        self.inline = {one.number: one.reading for one in found if one.content and one.reading and _may_be_inline(one)}
        self.body = body_style(stored.lines)
        self.sure = [candidate for candidate in found if not candidate.content and self._is_sure(candidate)]
        # "Leadership skills" may be an item of a list.
        unlisted = [candidate for candidate in self.sure if candidate.reading and not candidate.reading.listed]
        self.alike = Alike(stored.lines, found, unlisted)
        self.headed = frozenset() if self.is_job else headed_blocks(stored.lines, found)
        self.likely = Likely(stored.lines, self.alike, self.is_job, self.headed)
        self.cases = {candidate.look.case for candidate in self.sure if not candidate.look.after_blank}
        self.repeated = Counter(
            candidate.title.casefold() for candidate in found if candidate.reading and candidate.reading.label
        )

    def headings(self) -> list[Candidate]:
        """Those that the words make sure, then those that look like them, then those that look like both."""
        chosen = self._pass()
        known = [candidate for candidate in chosen if not candidate.content]
        if len(known) <= len(self.sure):
            return chosen
        self.alike = Alike(self.lines, self.found, known)
        self.likely = Likely(self.lines, self.alike, self.is_job, self.headed)
        return self._pass()

    def _pass(self) -> list[Candidate]:
        chosen: list[Candidate] = []
        sure = set(self.sure)
        first = self.sure[0].number if self.sure else len(self.lines)
        for candidate in self.found:
            if chosen and chosen[-1].number == candidate.number:
                continue
            section = chosen[-1] if chosen else None
            if section is not None and self._is_personal_skill(candidate, section):
                continue
            if candidate.content:
                is_heading = self._is_inline(candidate, section)
            elif candidate in sure:
                is_heading = not self._is_label(candidate, section)
            else:
                is_heading = not self._is_listed(candidate) and self.likely.is_likely(
                    candidate, section, candidate.number > first
                )
            if is_heading:
                chosen.append(candidate)
        return chosen

    def _is_personal_skill(self, candidate: Candidate, section: Candidate) -> bool:
        if self.is_job or section.reading is None or section.reading.kind != "skills" or not is_part(candidate.title):
            return False
        return opens_personal_skills(section.title, self.lines[section.number + 1 : candidate.number + 1])

    def _is_sure(self, candidate: Candidate) -> bool:
        """Whether the words leave no doubt, and nothing speaks against it."""
        reading, look = candidate.reading, candidate.look
        if reading is None or not reading.sure:
            return False
        if self._is_listed(candidate) or names_post_or_degree(candidate.title):
            return False
        marked = look.after_blank or look.colon or look.is_marked or stands_out(look, self.body)
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
            return bullet in BULLETS
        above = self.lines[max(0, candidate.number - 1) : candidate.number]
        below = self.lines[candidate.number + 1 : candidate.number + 2]
        number = number_before(candidate.line.text)
        if number is not None:
            counted = [number_before(line.text) for line in (*above, *below)]
            return number - 1 in counted[: len(above)] or number + 1 in counted[len(above) :]
        near = (*above, *below)
        return any(sign_before(line.text) == bullet for line in near)

    def _is_label(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether it names a part of an entry, or an item of a list, rather than a section."""
        reading, look = candidate.reading, candidate.look
        if reading is None or section is None or section.reading is None:
            return False
        inside, below = section.reading.kind, self.lines[candidate.number + 1 : candidate.number + 4]
        part = reading.kind in ("skills", inside)
        marked = self.alike.signs(look) >= (PARTLY_KNOWN_NEEDS if part else WEAK_NEEDS)
        if reading.label and inside == "experience":
            return self.repeated[candidate.title.casefold()] > 1 or (look.colon and not self._is_usual(look))
        if reading.listed and inside == "skills" and not (marked and below and not below[0].after_blank):
            entries = reading.kind in ("experience", "education")
            return not entries or not any(holds_date(line.text) for line in below)
        if inside == reading.kind == "skills" and section.number + 1 == candidate.number:
            return True  # a part of it, where nothing stands between the two
        if inside == "skills" and re.search("[,،、]", candidate.title) and not marked:
            return True  # "Insurance, articles" is a line of a list
        if part and self._lacks_a_gap(look):
            return True
        if self._is_unusual_colon(look) and reading.kind in _PARTS_OF.get(inside, ()):
            return True
        if look.case != "sentence" or marked:
            return False
        # Where other headings begin each word with a capital, or have one word, and this is a part of the same.
        alone = sum(other.case == "sentence" for other in self.alike.looks.elements()) <= 1
        return bool(self.cases & {"title", "upper"}) or (alone and reading.kind == inside)

    def _is_unusual_colon(self, look: Look) -> bool:
        """Whether a colon stands behind it, but behind no other heading, and nothing else makes it one."""
        others = self.alike.looks.total() > FEW_HEADINGS and not any(
            other.colon and other != look for other in self.alike.looks
        )
        return look.colon and others and not (look.after_blank or self.alike.stands_out(look) or self._is_usual(look))

    def _lacks_a_gap(self, look: Look) -> bool:
        """Whether all other headings stand below a blank line, and nothing else makes it one."""
        if look.after_blank or look.colon or look.is_marked or look.style is not None:
            return False
        others = [other for other in self.alike.looks.elements() if other != look]
        return len(others) > FEW_HEADINGS and all(other.after_blank for other in others)

    def _is_usual(self, look: Look) -> bool:
        return self.alike.headings(look) > 1

    def _begins_row(self, candidate: Candidate) -> bool:
        """Whether headings with words behind them stand in lines one after another, this first one below a gap, if the
        text has any: a single one may be a label of an entry."""
        look = candidate.look
        gap = look.after_blank or (look.case == "upper" and not any(one.look.after_blank for one in self.sure))
        below = [self.inline.get(candidate.number + size) for size in range(1, INLINE_LINES + 1)]
        kind = candidate.reading.kind if candidate.reading is not None else None
        return gap and any(reading is not None and reading.kind != kind for reading in below)

    def _is_inline(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether a label with words behind it heads a section of one line, or begins one."""
        reading, look = candidate.reading, candidate.look
        if reading is None or not _may_be_inline(candidate) or self.is_job:
            return False
        if section is None and self.sure and reading.kind != "summary":
            return False  # in the text's head: "Driver's licence: B" beside a telephone number
        if section is not None and section.content and candidate.number - section.number <= INLINE_LINES:
            return True  # what that one heads stands in its line
        inside = section.reading.kind if section is not None and section.reading is not None else None
        if inside == "skills" and not (look.after_blank and look.case == "upper"):
            return False  # a group of skills: "Languages: Java, Go"
        if reading.kind in ("other", "asked") and not look.after_blank:
            return False
        capitals = look.case == "upper" and (not self.sure or any(other.case == "upper" for other in self.alike.looks))
        if self.sure and inside in ("experience", "projects", "education"):
            return (look.after_blank and capitals) or self._begins_row(candidate)
        return look.after_blank or capitals or self.alike.stands_out(look)


def _may_be_inline(candidate: Candidate) -> bool:
    """Whether neither its words nor its look are those of a label or an item."""
    reading, look = candidate.reading, candidate.look
    return reading is not None and not (reading.label or reading.listed or (look.bullet and look.bullet in BULLETS))
