"""How much a line's look speaks for a heading, by the lines of its text that look the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.ingest.structure.sections.heading_lines import Candidate
from services.ingest.structure.sections.looks import Look, body_style, stands_out
from services.ingest.structure.stored_text import Line

MAX_UNKNOWN_WORDS = 5

# What names an employer, a school, a way to reach somebody, or a sum.
NO_HEADING = re.compile(
    r"[@\d,;|%$€£]|https?:|www\."
    r"|\b(?:inc|ltd|llc|llp|gmbh|plc|corp|corporation|company|sarl|ltda|s\.r\.o|oyj|kft|zrt|оао|ооо|зао)\b"
    # Words of other kinds in some languages, unless they end a name.
    r"|\b(?:ag|kg|se|co|sa|sas|srl|spa|bv|nv|oy|ab|as|aps|lda|sp)\W*$"
    r"|\b(?:university|universit\w*|université|universidad|universidade|università|universiteit|uniwersytet|college"
    r"|institute|hochschule|school|lycée|colegio|academy|hospital|h[oô]tel|h[oôó]pital|[kc]lini[ck]\w*|krankenhaus"
    r"|ospedale|albergo|ristorante|restaurante?|bank|banque|banco|banca|group|stiftung|verlag|больница|завод)\b"
    r"|株式会社|有限会社|公司|医院|شركة|مستشفى|بنك|בע.מ|בית חולים",
    re.IGNORECASE,
)


class Alike:
    """The looks of a text: of its sure headings, and of the other lines that might be some."""

    def __init__(self, lines: Sequence[Line], found: Sequence[Candidate], sure: Sequence[Candidate]) -> None:
        self.body = body_style(lines)
        self.looks = Counter(candidate.look for candidate in sure)
        known = set(sure)
        unsure = [candidate for candidate in found if not candidate.content and candidate not in known]
        by_line = {candidate.number: candidate.look for candidate in unsure}
        shared = {look for look in set(by_line.values()) if self.headings(look)}
        self.others = Counter(
            one.look for one in unsure if one.look in shared and _speaks_against(one, by_line.get(one.number + 1))
        )
        self._signs: dict[Look, float] = {}

    def headings(self, look: Look) -> int:
        """How many sure headings look so."""
        return sum(count for other, count in self.looks.items() if other.is_like(look))

    def are_all_headings(self, look: Look) -> bool:
        """Whether each sure heading looks so."""
        return self.headings(look) == self.looks.total()

    def signs(self, look: Look) -> float:
        """How much of the look speaks for a heading."""
        if look not in self._signs:
            self._signs[look] = self._weighed(look)
        return self._signs[look]

    def stands_out(self, look: Look) -> bool:
        """Whether it is bigger, bolder or of another colour than most of the text."""
        return stands_out(look, self.body)

    def is_plain(self, look: Look) -> bool:
        """Whether it stands on a page and looks there like all else: a gap above it tells little then."""
        return look.style is not None and not self.stands_out(look)

    def _weighed(self, look: Look) -> float:
        alike = self.headings(look)
        unlike = sum(count for other, count in self.others.items() if other.is_like(look))
        outstanding = self.stands_out(look)
        distinct = look.after_blank or look.colon or look.case == "upper" or bool(look.bullet) or outstanding
        signs = 0.0
        if (distinct or look.is_marked) and alike:
            signs += 1.0 if alike < 2 else 1.5
            # What other lines look like, too, tells less.
            signs += 1.0 if unlike <= max(1, alike // 2) else -0.5
        elif self.looks.total() >= 2:
            signs -= 1.0  # the text's headings look otherwise
        if look.after_blank:
            signs += 0.5
        if look.colon or look.case == "upper":
            signs += 0.25 * (look.colon + (look.case == "upper"))
        if outstanding or look.is_marked:
            signs += 0.5
        return signs


def _speaks_against(candidate: Candidate, below: Look | None) -> bool:
    """Whether it is hardly a heading, so that its look tells less: no word of one, or an item of a list."""
    if NO_HEADING.search(candidate.title):
        return False  # told from a heading by its words already
    if candidate.reading is None:
        return True
    listed = below is not None and below.is_like(candidate.look)
    return listed or len(candidate.title.split()) > MAX_UNKNOWN_WORDS
