"""Positions given as a form gives them, each part behind its label on a line of its own."""

from __future__ import annotations

from services.ingest.structure.entries.entry_lines import without_bullet
from services.ingest.structure.entries.form_labels import Labelled, labelled
from services.ingest.structure.entries.pieces import DATE_MARK, is_place, trimmed
from services.ingest.structure.entries.positions.found import Found
from services.ingest.structure.entries.positions.surroundings import Surroundings
from services.ingest.structure.entries.positions.work_anchors import Anchor

# So many lines of a form belong to one position, above its dates and below.
MAX_FORM_LINES = 5


def form_header(around: Surroundings, anchor: Anchor, used: int) -> Found | None:
    """The header around an anchor where position and employer stand behind labels; None where they do not."""
    form = _Form(around, anchor, used)
    if not form.begins():
        return None
    form.take_above()
    form.take_below()
    if "title" in form.given and "organization" not in form.given:
        form.take_unlabelled_employer()
    if "organization" in form.given and "title" not in form.given and form.last > anchor.at:
        form.take_unlabelled_position()
    title, organization = (trimmed(form.given.get(role, "")) for role in ("title", "organization"))
    return Found(form.first, form.last, title, organization, anchor.time) if title and organization else None


class _Form:
    def __init__(self, around: Surroundings, anchor: Anchor, used: int) -> None:
        self._around, self._anchor, self._used = around, anchor, used
        self.first = self.last = anchor.at
        self.given: dict[str, str] = {}

    def begins(self) -> bool:
        """Whether the line with the date says nothing else, or stands behind a label itself."""
        rest = self._anchor.rest
        own = labelled(rest)
        if own and own.role in {"title", "organization"}:
            self._give(own)
        return own is not None or not rest.replace(DATE_MARK, "").strip(" :–-()")

    def _give(self, found: Labelled) -> None:
        # Behind an employer's name its address may stand.
        value = found.value.replace(DATE_MARK, " ")
        self.given[found.role] = value.partition(",")[0] if found.role == "organization" else value

    def _at(self, at: int) -> Labelled | None:
        if not self._used < at < len(self._around.lines) or self._around.is_dated(at):
            return None
        found = labelled(without_bullet(self._around.lines[at].text))
        return found if found and found.role in {"title", "organization", "body"} else None

    def take_above(self) -> None:
        """What the lines right above name."""
        at = self._anchor.at - 1
        while (found := self._at(at)) and found.role not in {*self.given, "body"}:
            self._give(found)
            self.first = at
            at -= 1

    def take_below(self) -> None:
        """What the lines below name, as far as they are not the next position's."""
        below: list[tuple[int, Labelled]] = []
        at = self._anchor.at + 1
        while at <= self._anchor.at + MAX_FORM_LINES and (found := self._at(at)):
            below.append((at, found))
            at += 1
        if any(found.role in self.given for _, found in below):
            return
        for at, found in below:
            if found.role != "body" and found.role not in self.given:
                self._give(found)
                self.last = at

    def take_unlabelled_position(self) -> None:
        """The line above a form's first label, where no label says what the position is."""
        at = self.first - 1
        if at > self._used and not self._around.is_body(at) and not self._around.is_dated(at):
            named = self._around.pieces(at)
            if len(named) == 1 and named[0].lean >= 0:
                self.given["title"] = named[0].text
                self.first = at

    def take_unlabelled_employer(self) -> None:
        """The line above a form's first label, where no label says who the employer is."""
        at = self.first - 1
        if at <= self._used or self._around.is_body(at) or self._around.is_dated(at):
            return
        named = [each for each in self._around.pieces(at) if each.lean <= 0 and not is_place(each.text)]
        if named:
            self.given["organization"] = named[0].text
            self.first = at
