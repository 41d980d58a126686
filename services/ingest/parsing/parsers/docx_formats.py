"""How text in WordprocessingML looks: its runs' properties through styles and defaults.

Source of the rules: ECMA-376 part 1, 17.7.2 (style hierarchy), 17.7.3 (toggle properties), 17.3.2 (run properties).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.ingest.parsing.parsers.docx_colours import Behind, colour, shading
from services.ingest.parsing.parsers.looks import Look, near

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TINY = 2.0
_ALIKE = 20
# In half points; ECMA-376 names none, Word takes ten points.
_DEFAULT_SIZE = 20.0
_MOST_PARENTS = 20
_LINE_HEIGHT = 1.2


@dataclass(frozen=True, slots=True)
class _Runs:
    """Properties of runs as one style, or a run itself, sets them; None where it does not."""

    hidden: bool | None = None
    bold: bool | None = None
    half_points: float | None = None
    colour: int | None = None
    behind: int | None = None

    def over(self, other: _Runs) -> _Runs:
        """These, and those of `other` that these do not set."""
        return _Runs(
            other.hidden if self.hidden is None else self.hidden,
            other.bold if self.bold is None else self.bold,
            other.half_points if self.half_points is None else self.half_points,
            other.colour if self.colour is None else self.colour,
            other.behind if self.behind is None else self.behind,
        )


@dataclass(frozen=True, slots=True)
class ParagraphFormat:
    """How a paragraph stands: `before` and `after` in points, `heading` where its style says so."""

    runs: _Runs
    behind: Behind
    before: float
    after: float
    heading: bool


@dataclass(frozen=True, slots=True)
class RunFormat:
    """How a run looks, and whether a reader sees it."""

    look: Look
    hidden: bool


@dataclass(frozen=True, slots=True)
class _Style:
    runs: _Runs = _Runs()
    behind: int | None = None
    before: float | None = None
    after: float | None = None
    heading: bool = False


class Formats:
    """The styles of one document; `sheet` is the root of its styles part, None where it has none."""

    def __init__(self, sheet: Any = None) -> None:
        self._elements: dict[str, Any] = {}
        self._styles: dict[str, _Style] = {}
        self._default_paragraph = ""
        self._shaded_tables: set[str] = set()
        self._defaults = _Style()
        for style in [] if sheet is None else sheet.iterchildren(f"{_W}style"):
            self._elements[name := style.get(f"{_W}styleId", "")] = style
            if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true", "on"):
                self._default_paragraph = name
            if style.get(f"{_W}type") == "table" and any(shading(each) is not None for each in style.iter(f"{_W}shd")):
                self._shaded_tables.add(name)
        if sheet is not None and (defaults := sheet.find(f"{_W}docDefaults")) is not None:
            paragraph, run = (defaults.find(f"{_W}{kind}Default/{_W}{kind}") for kind in ("pPr", "rPr"))
            self._defaults = _own(paragraph, run)

    def paragraph(self, element: Any, behind: Behind) -> ParagraphFormat:
        """Of a `w:p` that stands on `behind`."""
        properties = element.find(f"{_W}pPr")
        style = self._style(_value(properties, "pStyle") or self._default_paragraph)
        own = _own(properties, None)
        shade = own.behind if own.behind is not None else style.behind
        before, after = (
            next((value for value in values if value is not None), 0.0)
            for values in (
                (own.before, style.before, self._defaults.before),
                (own.after, style.after, self._defaults.after),
            )
        )
        return ParagraphFormat(style.runs, behind if shade is None else shade, before, after, style.heading)

    def run(self, element: Any, paragraph: ParagraphFormat) -> RunFormat:
        """Of a `w:r` in such a paragraph."""
        properties = element.find(f"{_W}rPr")
        own, of_paragraph, defaults = _runs(properties), paragraph.runs, self._defaults.runs
        of_character = self._style(_value(properties, "rStyle") or "").runs
        found = own.over(of_character).over(of_paragraph).over(defaults)
        size = (found.half_points or _DEFAULT_SIZE) / 2
        bold = _toggled(own.bold, of_character.bold, of_paragraph.bold, defaults.bold)
        vanishes = _toggled(own.hidden, of_character.hidden, of_paragraph.hidden, defaults.hidden)
        behind = paragraph.behind if found.behind is None else found.behind
        # Without a colour of its own, text takes one that is seen.
        unseen = found.colour is not None and behind is not None and near(found.colour, behind, _ALIKE)
        return RunFormat(Look(size, bold, found.colour or 0), vanishes or unseen or size < _TINY)

    def is_shaded_table(self, element: Any) -> bool:
        """Whether the style of a `w:tbl` colours some of its cells."""
        return _value(element.find(f"{_W}tblPr"), "tblStyle") in self._shaded_tables

    def _style(self, name: str) -> _Style:
        if name not in self._styles:
            self._styles[name] = self._resolved(name)
        return self._styles[name]

    def _resolved(self, name: str) -> _Style:
        runs, behind, before, after, heading = _Runs(), None, None, None, False
        for element in self._ancestry(name):
            own = _own(element.find(f"{_W}pPr"), element.find(f"{_W}rPr"))
            runs = runs.over(own.runs)
            behind = own.behind if behind is None else behind
            before = own.before if before is None else before
            after = own.after if after is None else after
            # Names of built-in styles are English in every language of Word.
            heading = heading or (_value(element, "name") or "").lower().startswith("heading ")
        return _Style(runs, behind, before, after, heading)

    def _ancestry(self, name: str) -> Iterator[Any]:
        for _ in range(_MOST_PARENTS):
            element = self._elements.get(name)
            if element is None:
                return
            yield element
            name = _value(element, "basedOn") or ""


def line_height(look: Look) -> float:
    """Of a line that looks so, in points."""
    return _LINE_HEIGHT * look.size


def _own(paragraph: Any, run: Any) -> _Style:
    spacing = None if paragraph is None else paragraph.find(f"{_W}spacing")
    shade = None if paragraph is None else paragraph.find(f"{_W}shd")
    return _Style(
        _runs(run),
        None if shade is None else shading(shade),
        _twentieths(spacing, "before"),
        _twentieths(spacing, "after"),
    )


def _runs(properties: Any) -> _Runs:
    if properties is None:
        return _Runs()
    return _Runs(
        _switch(properties, "vanish"),
        _switch(properties, "b"),
        _number(_value(properties, "sz")),
        colour(_value(properties, "color")),
        _behind_run(properties),
    )


def _behind_run(properties: Any) -> int | None:
    marked = colour(_value(properties, "highlight"))
    shade = properties.find(f"{_W}shd")
    return marked if marked is not None or shade is None else shading(shade)


def _toggled(own: bool | None, character: bool | None, paragraph: bool | None, default: bool | None) -> bool:
    """A property that one style sets and another sets again is off."""
    if own is not None:
        return own
    return bool(default) or bool(character) != bool(paragraph)


def _switch(properties: Any, name: str) -> bool | None:
    element = properties.find(f"{_W}{name}")
    return None if element is None else element.get(f"{_W}val", "1") not in ("0", "false", "off")


def _value(element: Any, name: str) -> str | None:
    child = None if element is None else element.find(f"{_W}{name}")
    return None if child is None else child.get(f"{_W}val")


def _twentieths(element: Any, name: str) -> float | None:
    number = None if element is None else _number(element.get(f"{_W}{name}"))
    return None if number is None else number / 20


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
