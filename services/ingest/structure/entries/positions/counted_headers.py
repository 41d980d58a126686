"""Headers as job sites export them: dates, their length, employer, town and site, trade, only then the position."""

from __future__ import annotations

import re

from services.ingest.structure.entries.entry_lines import without_bullet
from services.ingest.structure.entries.header_pieces import naming_pieces
from services.ingest.structure.entries.pieces import DATE_MARK, SURE_OCCUPATION, is_place
from services.ingest.structure.entries.positions.found import Found
from services.ingest.structure.entries.positions.surroundings import Surroundings, tells_place
from services.ingest.structure.entries.positions.work_anchors import Anchor

# So many lines from the employer on the position stands at the latest.
MAX_LINES_TO_POSITION = 6
MAX_POSITION_WORDS = 9
_NAMING = re.compile(r"[^\W_]")


def counted_header(around: Surroundings, anchor: Anchor) -> Found | None:
    """The header below dates with their length; None where it is not set so."""
    line = around.lines[anchor.at]
    counted = line.lasts or any(time.kind == "length" for time in line.times)
    if around.before or not counted or _NAMING.search(anchor.rest.replace(DATE_MARK, "")):
        return None
    employer = anchor.at + 1
    if employer >= len(around.lines) or around.is_anchor(employer) or around.lines[employer].bullet:
        return None
    named = [each for each in around.pieces(employer) if not is_place(each.text)]
    if not named or any(each.lean > 0 for each in named):
        return None
    position = _position_below(around, employer)
    if position is None:
        return None
    at, title = position
    return Found(anchor.at, at, title, named[0].text, anchor.time)


def _position_below(around: Surroundings, employer: int) -> tuple[int, str] | None:
    """The line that names the position, and what it names: the surest one, else the one behind town and site."""
    placed = False
    behind_place: tuple[int, str] | None = None
    for at in range(employer + 1, min(employer + 1 + MAX_LINES_TO_POSITION, len(around.lines))):
        line = around.lines[at]
        if around.is_anchor(at) or line.text.endswith((".", ":", ";")) or line.text.count(" ") >= MAX_POSITION_WORDS:
            break
        if line.bullet and around.is_body(at) and naming_pieces(without_bullet(line.text))[1:]:
            break
        named = [each for each in around.pieces(at) if not is_place(each.text)]
        if not line.bullet and named and named[0].occupation >= SURE_OCCUPATION and named[0].lean > 0:
            return at, line.text.strip()
        if tells_place(line.text):
            placed = True
        elif behind_place is None and not line.bullet and named and (placed or at > employer + 1):
            behind_place = at, named[0].text
    return behind_place
