"""The text in WordprocessingML, block by block, each block one paragraph or one row of a table.

Source of the element names: ECMA-376 part 1, and part 3 for mc:AlternateContent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u00ad": None, "\u200b": None, "\ufeff": None})


def blocks(element: Any) -> Iterator[str]:
    """The blocks below `element` in document order; a text box follows the paragraph it hangs on."""
    for child in element:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child)
        elif child.tag == _TABLE:
            for row in child.iterchildren(_ROW, f"{_W}sdt", f"{_W}customXml"):
                yield from _row(row)
        elif child.tag == _ALTERNATE:
            yield from blocks(_alternative(child))
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            # Content controls, tracked insertions and the like only wrap blocks.
            yield from blocks(child)


def _paragraph(element: Any) -> Iterator[str]:
    boxes: list[Any] = []
    yield "".join(_inline(element, boxes, _Fields())).translate(_SPACES)
    for box in boxes:
        yield from blocks(box)


def _row(element: Any) -> Iterator[str]:
    """A row of plain cells is one line; where a cell holds several blocks, cells follow one another."""
    cells = [list(filter(str.strip, blocks(cell))) for cell in _cells(element)]
    if all(len(cell) <= 1 and "\n" not in "".join(cell) for cell in cells):
        line = "\t".join(cell[0].strip() for cell in cells if cell)
        if line:
            yield line
        return
    for cell in cells:
        yield from cell


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


def _inline(element: Any, boxes: list[Any], fields: _Fields) -> Iterator[str]:
    """The characters of a paragraph; text boxes are put aside into `boxes`."""
    for child in element:
        fields.on(child)
        if child.tag == _TEXT_BOX:
            boxes.append(child)
        elif child.tag == _ALTERNATE:
            yield from _inline(_alternative(child), boxes, fields)
        elif child.tag == f"{_W}t":
            if not fields.numbers_pages:
                yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag == f"{_W}fldSimple" and _numbers_pages(child.get(f"{_W}instr", "")):
            continue
        elif isinstance(child.tag, str) and child.tag not in _LEFT_OUT:
            yield from _inline(child, boxes, fields)


def _alternative(element: Any) -> Any:
    """One of the renderings of the same content: the first choice, as readers of today take."""
    choice = element.find(_CHOICE)
    if choice is not None and (choice.find(f".//{_W}t") is not None or element.find(_FALLBACK) is None):
        return choice
    fallback = element.find(_FALLBACK)
    return fallback if fallback is not None else ()
