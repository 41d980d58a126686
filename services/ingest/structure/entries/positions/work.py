"""Positions held, found around the dates that a part of a resume names."""

from __future__ import annotations

from collections.abc import Sequence

from services.ingest.structure.entries import entry_words
from services.ingest.structure.entries.entry_lines import EntryLine
from services.ingest.structure.entries.form_labels import labelled
from services.ingest.structure.entries.header_pieces import naming_pieces, told_apart
from services.ingest.structure.entries.pieces import Piece, is_place, trimmed
from services.ingest.structure.entries.positions.counted_headers import counted_header
from services.ingest.structure.entries.positions.employers import Employers
from services.ingest.structure.entries.positions.form_headers import form_header
from services.ingest.structure.entries.positions.found import Found
from services.ingest.structure.entries.positions.joined_and_left import joined_and_left
from services.ingest.structure.entries.positions.placeholders import placeholder_near, with_placeholder
from services.ingest.structure.entries.positions.surroundings import MAX_LINES_ABOVE, Surroundings
from services.ingest.structure.entries.positions.work_anchors import Anchor, anchors_in


def positions(lines: Sequence[EntryLine], strict: bool) -> list[Found]:
    """The positions in a part's lines, in order. `strict`: where no heading says that positions follow."""
    joined = joined_and_left(lines)
    taken = {at for each in joined for at in range(each.first, each.last + 1)}
    anchors = [anchor for anchor in anchors_in(lines, strict) if anchor.at not in taken]
    found = _around_dates(lines, anchors) if anchors else []
    told = {(each.organization, each.time.from_) for each in found if each.time}
    joined = [each for each in joined if each.time and (each.organization, each.time.from_) not in told]
    return sorted(found + joined, key=lambda each: each.first)


def _around_dates(lines: Sequence[EntryLine], anchors: Sequence[Anchor]) -> list[Found]:
    reader = _HeaderReader(lines, anchors)
    found: list[Found] = []
    above_used = -1
    dated = {anchor.at for anchor in anchors if anchor.time is not None}
    for number, anchor in enumerate(anchors):
        if anchor.time is None and (anchor.at <= above_used or anchor.at + 1 in dated):
            continue
        if reader.employers.begins(number, above_used):
            above_used = anchor.at
            continue
        header = reader.header(number, above_used, found[-1] if found else None)
        above_used = header.last
        found.append(header)
    return found


class _HeaderReader:
    def __init__(self, lines: Sequence[EntryLine], anchors: Sequence[Anchor]) -> None:
        self._around = Surroundings(lines, anchors)
        self._anchors = anchors
        self._last_from_above = False
        self._own = [_naming_pieces(anchor) for anchor in anchors]
        self.employers = Employers(self._around, anchors, self._own)
        self._lines_above = _lines_above(anchors[0], self._own[0])
        # Some headers stand whole in one line: then those that hold as much do so as well.
        self._whole = any(any(p.lean > 0 for p in own) and any(p.lean < 0 for p in own) for own in self._own)

    def header(self, number: int, used: int, previous: Found | None) -> Found:
        anchor = self._anchors[number]
        if anchor.told:
            self._last_from_above = False
            return Found(anchor.at, anchor.at, *anchor.told, anchor.time)
        if anchor.placeholder or placeholder_near(self._around, anchor.at):
            return with_placeholder(self._around, anchor, used)
        if form := form_header(self._around, anchor, used):
            # Further positions may follow below an employer that stands above the form.
            self._last_from_above = labelled(self._around.lines[form.first].text) is None
            return form
        if counted := counted_header(self._around, anchor):
            self._last_from_above = False
            return counted
        own = self._own[number]
        above = list(self._around.above(anchor.at, used))
        below = self._around.below(anchor.at)
        first = last = anchor.at
        pieces: list[Piece] = own
        naming = _without_places(own)
        from_above = False
        if not naming:
            if above and (self._around.before or not below):
                first, pieces, from_above = self._take_above(above, self._lines_above)
                if below and len([p for p in pieces if not is_place(p.text)]) < 2 and not from_above:
                    more = self._around.pieces(below[0])
                    if any(p.lean < 0 for p in more) and not any(p.lean < 0 for p in pieces):
                        pieces, last = pieces + more, below[0]
            else:
                for at in below:
                    pieces, last = pieces + self._around.pieces(at), at
                    if len([p for p in pieces if not is_place(p.text)]) >= 2 and any(p.lean > 0 for p in pieces):
                        break
        elif self._department_only(naming) and (employer := self._employer_above(above)) is not None:
            # "Lakeshore Hospital" above "Nurse, Emergency Department 2019 – 2020".
            self._last_from_above = True
            return Found(employer[0], last, _without_length_words(naming[0].text), employer[1], anchor.time)
        elif not self._is_whole(naming) and not (naming[0].lean > 0 and self.employers.covers(number)):
            only_organization = all(p.lean < 0 for p in naming)
            unknown = len(naming) == 1 and not naming[0].lean
            sides = (above, below) if self._around.before or (above and not below) else (below, above)
            for side in sides:
                if not side:
                    continue
                if side is above:
                    taken = self._complement(above, only_organization, unknown, len(naming))
                    if taken is not None:
                        first = min(first, taken)
                        pieces = (
                            self._around.pieces(taken) + pieces
                            if not only_organization
                            else pieces + self._around.pieces(taken)
                        )
                        from_above = not only_organization
                        break
                else:
                    if unknown and self._names_project(below[0]):
                        continue
                    taken = self._fits_below(below, only_organization or unknown, len(naming))
                    if taken is not None:
                        pieces, last = pieces + self._around.pieces(taken), taken
                        break
        title, organization = told_apart(pieces)
        title = _without_length_words(title)
        if previous is not None and organization is not None and _is_same_employer(organization):
            organization = previous.organization
        if organization is None and previous is not None and self._inherits(anchor, pieces, first, used):
            organization = previous.organization
            from_above = True
        sure = any(p.lean < 0 for p in pieces) and not (previous is not None and organization == previous.organization)
        organization = self.employers.of(number, organization, sure)
        self._last_from_above = from_above and organization is not None
        return Found(first, last, title, organization, anchor.time)

    def _is_whole(self, naming: Sequence[Piece]) -> bool:
        """Whether a date's own line names both position and employer."""
        if len(naming) == 1:
            return False
        position, employer = any(p.lean > 0 for p in naming), any(p.lean < 0 for p in naming)
        return position and (employer or (self._whole and not _is_department(naming[1])))

    def _department_only(self, naming: Sequence[Piece]) -> bool:
        """Whether a header names a position and behind it at most a part of an employer."""
        if len(naming) != 2 or naming[0].lean <= 0:
            return False
        words = [word for word in entry_words.words_of(naming[1].text) if "-" not in word]
        return not any(entry_words.load()["employer"].has_word(word) for word in words)

    def _employer_above(self, above: Sequence[int]) -> tuple[int, str] | None:
        """The line right above where it names an employer and nothing else."""
        if not above:
            return None
        pieces = [piece for piece in self._around.pieces(above[0]) if not is_place(piece.text)]
        if not pieces or any(piece.lean > 0 for piece in pieces) or len(pieces) > 2:
            return None
        words = entry_words.words_of(pieces[0].text)
        known = any(entry_words.load()["employer"].has_word(word) for word in words)
        return (above[0], pieces[0].text) if known else None

    def _inherits(self, anchor: Anchor, pieces: Sequence[Piece], first: int, used: int) -> bool:
        """A further position under an employer that stands above both."""
        if not self._last_from_above:
            return False
        named = " ".join(piece.text for piece in pieces)
        return not entry_words.load()["no_organization"].within(entry_words.words_of(named), named)

    def _take_above(self, above: Sequence[int], most: int) -> tuple[int, list[Piece], bool]:
        """Header lines above a date that stands alone: as many as name a position and an employer."""
        pieces: list[Piece] = []
        first = above[0]
        two_lines = False
        for at in above[:most]:
            more = self._around.pieces(at)
            naming = [p for p in pieces if not is_place(p.text)]
            if len(naming) >= 2 and any(p.lean > 0 for p in naming) and any(p.lean < 0 for p in naming):
                break
            if (
                naming
                and any(p.lean > 0 for p in naming)
                and any(p.lean > 0 for p in more)
                and not any(p.lean < 0 for p in more)
            ):
                break
            two_lines = two_lines or bool(naming and more)
            pieces, first = more + pieces, at
        return first, pieces, two_lines and not any(p.lean > 0 for p in self._around.pieces(first))

    def _complement(self, above: Sequence[int], only_organization: bool, unknown: bool, count: int) -> int | None:
        """The line above that names what the date's own line does not."""
        best: int | None = None
        best_lean = 0.0
        for at in above[:2]:
            found = self._around.pieces(at)
            naming = [p for p in found if not is_place(p.text)]
            if not naming:
                continue
            lean = max(p.lean for p in naming) if only_organization else -min(p.lean for p in naming)
            if unknown:
                lean = max(abs(p.lean) for p in naming)
            if not only_organization and (lean < 0 or (not lean and self._around.lines[at].text[0].islower())):
                continue
            if best is None or lean > best_lean:
                best, best_lean = at, lean
        if best is not None and count >= 2 and best_lean <= 0.4:
            return None
        return best

    def _names_project(self, at: int) -> bool:
        line = self._around.lines[at]
        return entry_words.load()["project"].within(line.words, line.text)

    def _fits_below(self, below: Sequence[int], only_organization: bool, count: int) -> int | None:
        at = below[0]
        found = [p for p in self._around.pieces(at) if not is_place(p.text)]
        if not found:
            return None
        line = self._around.lines[at]
        if only_organization:
            fits = any(p.lean > 0 for p in found) or (count == 1 and len(line.text.split()) <= 6)
            return at if fits else None
        if any(p.lean < 0 for p in found):
            return at if len(line.text.split()) <= 12 else None
        after = at + 1
        closed = after >= len(self._around.lines) or self._around.lines[after].bullet or self._around.is_anchor(after)
        words = [w for w in self._around.lines[at].text.split() if w[0].isalpha()]
        capital = sum(1 for w in words if not w[0].islower())
        short = count == 1 and len(words) <= 5 and capital * 2 > len(words) and all(p.lean <= 0 for p in found)
        return at if closed and short else None


def _naming_pieces(anchor: Anchor) -> list[Piece]:
    return [] if anchor.placeholder else naming_pieces(anchor.rest)


def _lines_above(first: Anchor, own: Sequence[Piece]) -> int:
    """How many lines above a date that stands alone make its header: as many as stand above the part's first."""
    if own or first.time is None or first.time.kind not in {"range", "since"}:
        return MAX_LINES_ABOVE
    return min(first.at or MAX_LINES_ABOVE, MAX_LINES_ABOVE)


def _is_department(named: Piece) -> bool:
    """Whether a part of an employer is named: "Department of Surgery"."""
    return entry_words.load()["department"].within(entry_words.words_of(named.text), named.text)


def _is_same_employer(named: str) -> bool:
    """Whether an employer is only said to be that of the position before: "same company"."""
    return entry_words.load()["same_employer"].within(entry_words.words_of(named), named)


def _without_places(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that name something else than a place. Behind what is no position, a comma parts off a place."""
    naming = [piece for piece in pieces if not is_place(piece.text)]
    if naming and naming[0].lean <= 0:
        return [naming[0], *(piece for piece in naming[1:] if not piece.may_be_place)]
    return naming


def _without_length_words(title: str | None) -> str | None:
    """ "Tutor for" of "Tutor for two years" is a tutor."""
    while title and " " in title:
        head, _, last = title.rpartition(" ")
        if not entry_words.load()["for_length"].within(entry_words.words_of(last), ""):
            break
        title = trimmed(head)
    return title
