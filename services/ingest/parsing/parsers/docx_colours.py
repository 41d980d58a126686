"""Colours in WordprocessingML, and what is behind text: paper, shading, a picture."""

from __future__ import annotations

import re
from typing import Any, Final

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_V = "{urn:schemas-microsoft-com:vml}"
_HEX = re.compile("[0-9A-Fa-f]{6}")

# A colour, 0xRRGGBB, or None where it is not known: a picture, or a style that colours some of a table.
Behind = int | None
PAPER: Final = 0xFFFFFF

# ECMA-376 part 1, 17.18.40.
_NAMED = {
    "black": 0x000000,
    "blue": 0x0000FF,
    "cyan": 0x00FFFF,
    "green": 0x00FF00,
    "magenta": 0xFF00FF,
    "red": 0xFF0000,
    "yellow": 0xFFFF00,
    "white": 0xFFFFFF,
    "darkBlue": 0x000080,
    "darkCyan": 0x008080,
    "darkGreen": 0x008000,
    "darkMagenta": 0x800080,
    "darkRed": 0x800000,
    "darkYellow": 0x808000,
    "darkGray": 0x808080,
    "lightGray": 0xC0C0C0,
}


def colour(value: str | None) -> int | None:
    """The colour that an attribute names; None where it names none, or the automatic one."""
    if value is None:
        return None
    return int(value, 16) if _HEX.fullmatch(value) else _NAMED.get(value)


def shading(element: Any) -> int | None:
    """The colour of a `w:shd`; None where it has none."""
    return colour(element.get(f"{_W}color" if element.get(f"{_W}val") == "solid" else f"{_W}fill"))


def behind_part(root: Any, paper: int) -> Behind:
    """What is behind the text of a part: not known where a drawing lies behind it."""
    if any(anchor.get("behindDoc") in ("1", "true") for anchor in root.iter(f"{_WP}anchor")):
        return None
    pictures = (shape for pict in root.iter(f"{_W}pict") for shape in pict)
    return None if any("z-index:-" in (shape.get("style") or "") for shape in pictures) else paper


def paper(document: Any) -> int:
    """The colour of the pages of a `w:document`."""
    background = document.find(f"{_W}background")
    found = None if background is None else colour(background.get(f"{_W}color"))
    return PAPER if found is None else found


def behind_box(box: Any, behind: Behind) -> Behind:
    """What is behind the text of a text box that stands on `behind`."""
    for shape in box.iterancestors(f"{_WPS}wsp", f"{_V}shape", f"{_V}rect", f"{_V}roundrect"):
        if shape.tag != f"{_WPS}wsp":
            off = shape.get("filled") in ("f", "false")
            return behind if off else colour((shape.get("fillcolor") or "#FFFFFF").split(" ")[0].lstrip("#"))
        fill = shape.find(f"{_WPS}spPr/{_A}solidFill/{_A}srgbClr")
        if fill is not None:
            return colour(fill.get("val"))
        filled = shape.find(f"{_WPS}spPr/{_A}noFill") is None
        return None if filled and shape.find(f"{_WPS}spPr") is not None else behind
    return behind
