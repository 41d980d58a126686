"""What structure is found in: a stored text, its lines and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from libs.contracts.identifiers import Kind
from libs.contracts.structure import LineStyle


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds something: `text` without the spaces around it, offsets into the stored text.

    `after_blank`: a blank line stands before it. `style` is None where the text was on no page.
    """

    start: int
    end: int
    text: str
    after_blank: bool
    style: LineStyle | None


@dataclass(frozen=True, slots=True)
class StoredText:
    """A stored text. `as_of` is the day that "present" means; `given_title` and `requirements` are a job's, as given
    but without markup: a list's entries are the last lines of `text`, one each.

    `styles` has one for each line that holds something, or is empty.
    """

    kind: Kind
    text: str
    as_of: date
    given_title: str | None = None
    requirements: str | list[str] | None = None
    styles: Sequence[LineStyle] = ()
    lines: Sequence[Line] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", _lines(self.text, self.styles))


def _lines(text: str, styles: Sequence[LineStyle]) -> list[Line]:
    lines: list[Line] = []
    start, after_blank = 0, False
    for whole in text.split("\n"):
        line = whole.strip()
        if line:
            begin = start + len(whole) - len(whole.lstrip())
            # A text that does not fit its styles is read without them.
            style = styles[len(lines)] if len(lines) < len(styles) else None
            lines.append(Line(begin, begin + len(line), line, after_blank, style))
        after_blank = not line
        start += len(whole) + 1
    return lines
