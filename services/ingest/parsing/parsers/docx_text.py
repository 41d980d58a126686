"""The text in WordprocessingML, line by line: a paragraph, up to a break in it, or a row of a table.

Source of the element names: ECMA-376 part 1, and part 3 for mc:AlternateContent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.ingest.parsing.parsers.docx_colours import Behind, behind_box, behind_part, shading
from services.ingest.parsing.parsers.docx_formats import Formats, ParagraphFormat, RunFormat, line_height
from services.ingest.parsing.parsers.looks import TextLine, look_of_most

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_PARAGRAPH, _TABLE, _ROW, _CELL = f"{_W}p", f"{_W}tbl", f"{_W}tr", f"{_W}tc"
_TEXT_BOX = f"{_W}txbxContent"
_ALTERNATE, _CHOICE, _FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
# Deleted and moved text, the instructions of fields, the reading aid above a character.
_LEFT_OUT = frozenset(
    f"{_W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "pPr", "rPr", "sectPr")
)
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}ptab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "-",
}
_NUMBERS_OF_PAGES = ("PAGE", "NUMPAGES", "SECTIONPAGES")
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


class Reader:
    """Reads the text of a document's parts, paragraph by paragraph; `hidden` gathers what a reader does not see."""

    def __init__(self, formats: Formats, paper: int) -> None:
        self.hidden: list[str] = []
        self._formats = formats
        self._paper = paper
        self._after = 0.0

    def part(self, root: Any, element: Any = None) -> Iterator[TextLine]:
        """The lines of a part, or of one `element` of it, as `blocks`."""
        self._after = 0.0
        return self.blocks(root if element is None else element, behind_part(root, self._paper))

    def blocks(self, element: Any, behind: Behind) -> Iterator[TextLine]:
        """The lines below `element` in document order; a text box follows the paragraph it hangs on."""
        for child in element:
            if child.tag == _PARAGRAPH:
                yield from self._paragraph(child, behind)
            elif child.tag == _TABLE:
                on = None if self._formats.is_shaded_table(child) else behind
                for row in child.iterchildren(_ROW, f"{_W}sdt", f"{_W}customXml"):
                    yield from self._row(row, on)
            elif child.tag == _ALTERNATE:
                yield from self.blocks(_alternative(child), behind)
            elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                # Content controls, tracked insertions and the like only wrap blocks.
                yield from self.blocks(child, behind)

    def _paragraph(self, element: Any, behind: Behind) -> Iterator[TextLine]:
        boxes: list[Any] = []
        style = self._formats.paragraph(element, behind)
        lines: list[list[tuple[str, RunFormat | None]]] = [[]]
        hidden = ""
        for text, run in self._inline(element, boxes, _Fields(), style, None):
            if run is not None and run.hidden:
                hidden += text
            elif text == "\n":
                lines.append([])
            else:
                lines[-1].append((text.translate(_SPACES), run))
        if hidden.strip():
            self.hidden.append(hidden.strip())
        before = max(style.before, self._after)
        for n, parts in enumerate(lines):
            look = look_of_most((len(text.strip()), run.look) for text, run in parts if run is not None)
            gap = before / line_height(look) if look is not None and n == 0 else 0.0
            yield TextLine("".join(text for text, _ in parts), look, gap, style.heading)
        self._after = style.after
        for box in boxes:
            yield from self.blocks(box, behind_box(box, behind))

    def _row(self, element: Any, behind: Behind) -> Iterator[TextLine]:
        """A row of plain cells is one line; where a cell holds several lines, cells follow one another."""
        cells = [
            [line for line in self.blocks(cell, _behind_cell(cell, behind)) if line.text.strip()]
            for cell in _cells(element)
        ]
        if any(len(cell) > 1 for cell in cells):
            for cell in cells:
                yield from cell
            return
        found = [cell[0] for cell in cells if cell]
        if found:
            look = look_of_most((len(line.text), line.look) for line in found if line.look is not None)
            text = "\t".join(line.text.strip() for line in found)
            yield TextLine(text, look, max(line.gap for line in found), all(line.heading for line in found))

    def _inline(
        self, element: Any, boxes: list[Any], fields: _Fields, style: ParagraphFormat, run: RunFormat | None
    ) -> Iterator[tuple[str, RunFormat | None]]:
        """The texts of a paragraph and how they look; text boxes are put aside into `boxes`."""
        for child in element:
            fields.on(child)
            if child.tag == _TEXT_BOX:
                boxes.append(child)
            elif child.tag == _ALTERNATE:
                yield from self._inline(_alternative(child), boxes, fields, style, run)
            elif child.tag == f"{_W}t":
                if not fields.numbers_pages:
                    yield child.text or "", run
            elif child.tag in _CHARACTERS:
                yield _CHARACTERS[child.tag], run
            elif child.tag == f"{_W}fldSimple" and _numbers_pages(child.get(f"{_W}instr", "")):
                continue
            elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
                inner = self._formats.run(child, style) if child.tag == f"{_W}r" else run
                yield from self._inline(child, boxes, fields, style, inner)


def _behind_cell(cell: Any, behind: Behind) -> Behind:
    shade = cell.find(f"{_W}tcPr/{_W}shd")
    found = None if shade is None else shading(shade)
    return behind if found is None else found


def _cells(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag == _CELL:
            yield child
        elif child.tag in (_ROW, f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _cells(child)


class _Fields:
    """Where in nested fields the walk is; results that only number pages are left out."""

    def __init__(self) -> None:
        self._instructions: list[str] = []

    def on(self, element: Any) -> None:
        if element.tag == f"{_W}fldChar":
            match element.get(f"{_W}fldCharType"):
                case "begin":
                    self._instructions.append("")
                case "end" if self._instructions:
                    self._instructions.pop()
        elif element.tag == f"{_W}instrText" and self._instructions:
            self._instructions[-1] += element.text or ""

    @property
    def numbers_pages(self) -> bool:
        return any(_numbers_pages(instruction) for instruction in self._instructions)


def _numbers_pages(instruction: str) -> bool:
    return instruction.strip().upper().split(" ")[0] in _NUMBERS_OF_PAGES


def _alternative(element: Any) -> Any:
    """One of the renderings of the same content: the first choice, as readers of today take."""
    choice = element.find(_CHOICE)
    if choice is not None and (choice.find(f".//{_W}t") is not None or element.find(_FALLBACK) is None):
        return choice
    fallback = element.find(_FALLBACK)
    return fallback if fallback is not None else ()
