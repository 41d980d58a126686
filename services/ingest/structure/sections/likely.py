"""Candidates whose words leave doubt: whether their look and what stands around them makes them headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.ingest.structure.sections.alike import MAX_UNKNOWN_WORDS, NO_HEADING, Alike
from services.ingest.structure.sections.below import is_prose, names_degree, names_school
from services.ingest.structure.sections.dated import holds_date
from services.ingest.structure.sections.heading_lines import Candidate
from services.ingest.structure.sections.heading_words import Reading, holds_small_word, tells_of_self
from services.ingest.structure.stored_text import Line
from services.ingest.structure.title.occupation_words import begins_with_head, is_shaped, names_occupation

# Signs needed beside the words: none where the words are sure.
WEAK_NEEDS = 1.0
PARTLY_KNOWN_NEEDS = 2.0
UNKNOWN_NEEDS = 3.0
# Where one of these begins a title, no position does, whatever stands behind it: "Experiencia docente".
_PRACTICE = frozenset(
    "experiencia experiencias experiência experiências esperienza esperienze ervaring werkervaring опыт досвід"
    " doświadczenie erfarenhet erfarenheter erfaring erfahrung berufserfahrung".split()
)
# So many headings of one look make it the headings' own.
FEW_HEADINGS = 3

# A position that stands below an employer is no longer.
MAX_POSITION_CHARS = 60
_REACHED = re.compile(r"@|\d{3}")
_OF_IT = re.compile(r"\S+\s+(?:of|in|for|di|de|del|du|des|für|van|voor|da|do)\s", re.IGNORECASE)


def names_post_or_degree(title: str) -> bool:
    """Whether a position or a degree is named whose field is a heading's word: "Master of Education"."""
    return _OF_IT.match(title) is not None and (names_degree(title) or begins_with_head(title))


class Likely:
    """What is known of one text while its candidates are judged."""

    def __init__(self, lines: Sequence[Line], alike: Alike, is_job: bool, headed: frozenset[int]) -> None:
        self.lines = lines
        self.headed = headed
        self.alike = alike
        self.is_job = is_job

    def is_likely(self, candidate: Candidate, section: Candidate | None, below_sure: bool) -> bool:
        """Whether the look makes up for words that leave doubt. `section`: the heading above it; `below_sure`: one that
        is sure stands above, whether or not it heads a section."""
        reading, look = candidate.reading, candidate.look
        if look.case == "lower" and not (look.after_blank or look.is_marked):
            return False
        signs = self.alike.signs(look)
        if signs < WEAK_NEEDS and candidate.number not in self.headed:
            return False
        if names_post_or_degree(candidate.title):
            return False
        if candidate.number in self.headed:
            return not self._is_employer(candidate, section)
        if reading is not None and reading.weak:
            return signs >= (PARTLY_KNOWN_NEEDS if self.alike.is_plain(look) else WEAK_NEEDS)
        if reading is not None and reading.sure:
            return signs >= PARTLY_KNOWN_NEEDS
        if self._is_entry(candidate, section) or not (section or below_sure or self._begins(candidate)):
            return False
        practice = candidate.title.split()[0].casefold() in _PRACTICE
        if not practice and names_occupation(candidate.title, True) and is_shaped(candidate.title):
            return False  # "Language teacher" holds a heading's word, but is a position
        if self.is_job and not (look.colon or look.case == "upper" or self.alike.stands_out(look)):
            return False  # what a posting asks for often stands in short lines with blank ones between
        if self.alike.is_plain(look) and not (look.colon or look.case == "upper" or look.is_marked):
            return False  # a page whose headings look like all else
        if reading is not None and reading.kind != "other":
            return signs >= PARTLY_KNOWN_NEEDS
        return (
            signs >= UNKNOWN_NEEDS
            and (len(candidate.title.split()) <= MAX_UNKNOWN_WORDS or tells_of_self(candidate.title))
            and self._is_unlike_a_name(candidate)
        )

    def _is_employer(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether what might head a block rather is an employer within a section."""
        reading = candidate.reading
        if candidate.look.is_marked or (reading is not None and (reading.sure or reading.weak)):
            return False
        if not self._is_dated(candidate) or tells_of_self(candidate.title):
            return False
        # Below an unknown heading, too, work may go on, but no employer stands above a school.
        if section is not None and section.reading is None and names_school(self.lines[candidate.number + 1].text):
            return False
        goes_on = section is None or (section.reading is None and self._is_dated(section))
        return goes_on or _is_within(reading, section)

    def _is_unlike_a_name(self, candidate: Candidate) -> bool:
        """A person or an employer stands above a blank line as a heading does, and in the same letters."""
        look = candidate.look
        if look.colon or look.bullet or look.is_marked or self.alike.stands_out(look):
            return True
        if holds_small_word(candidate.title):
            return True
        if not look.after_blank or self._tells_of_one(candidate):
            return False
        if look.case == "upper":
            return self.alike.are_all_headings(look) and self.alike.looks.total() >= FEW_HEADINGS
        return (
            " " not in candidate.title
            and self.alike.are_all_headings(look)
            and self.alike.headings(look) > FEW_HEADINGS
        )

    def _tells_of_one(self, candidate: Candidate) -> bool:
        """Whether what stands below tells of an employer or a person: a date, a telephone number, a position."""
        below = self.lines[candidate.number + 1 : candidate.number + 4]
        told = any(holds_date(line.text) or _REACHED.search(line.text) for line in below)
        return told or (
            bool(below) and len(below[0].text) < MAX_POSITION_CHARS and names_occupation(below[0].text, True)
        )

    def _begins(self, candidate: Candidate) -> bool:
        """Whether it heads prose above all headings that are sure, and looks like them: "A few lines on what I do"."""
        look, below = candidate.look, self.lines[candidate.number + 1 : candidate.number + 2]
        if candidate.number == 0 or not below or not is_prose([below[0].text]):
            return False
        if self.alike.stands_out(look) or look.is_marked:
            return self.alike.headings(look) > 1
        return (
            not below[0].after_blank
            and look.after_blank
            and self.alike.headings(look) >= FEW_HEADINGS
            and holds_small_word(candidate.title)
        )

    def _is_entry(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether it rather names an employer, a school, a person, something with a date."""
        if NO_HEADING.search(candidate.title) or names_degree(candidate.title):
            return True
        if candidate.number + 1 == len(self.lines):
            return True
        return self._is_dated(candidate) and not self._may_head_dates(candidate, section)

    def _is_dated(self, candidate: Candidate) -> bool:
        """Whether a date stands in the next lines, as below an employer."""
        below = [line.text for line in self.lines[candidate.number + 1 : candidate.number + 3]]
        return any(map(holds_date, below)) and not is_prose(below)

    def _may_head_dates(self, candidate: Candidate, section: Candidate | None) -> bool:
        """Whether it looks like the headings in a way in which no employer does, or tells of work or studies."""
        look, reading = candidate.look, candidate.reading
        alike = self.alike.headings(look)
        if alike > 1 and ((look.colon and look.after_blank) or look.is_marked or tells_of_self(candidate.title)):
            return True
        if reading is None or reading.kind not in ("experience", "education", "certifications"):
            return False
        usual = alike >= FEW_HEADINGS and self.alike.signs(look) >= UNKNOWN_NEEDS
        return usual and not _is_within(reading, section)


def _is_within(reading: Reading | None, section: Candidate | None) -> bool:
    """Whether a section of the same kind goes on, or one of work: there "CAREER SERVICES" is an employer."""
    inside = section.reading.kind if section is not None and section.reading is not None else None
    return inside == "experience" or (reading is not None and reading.kind == inside)
