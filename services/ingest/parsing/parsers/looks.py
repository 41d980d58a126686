"""How the lines of a document look, in one form for all parsers, and that look relative to the rest of its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from libs.contracts.structure import LineStyle

# Colours nearer to one another than this, in steps of 255 in each channel, are the same to a reader.
_SAME_COLOUR = 40
# A heading is at least so large, whatever its style says.
_HEADING = 1.3
# Blank space beyond this says no more than this: the rest of a page that ends early.
_MOST_GAP = 20.0


class Look(msgspec.Struct, frozen=True):
    """Of most characters of a line: `size` in points, `colour` as 0xRRGGBB."""

    size: float
    bold: bool = False
    colour: int = 0


class TextLine(msgspec.Struct, frozen=True):
    """One line of a text as it is put out. `look` is None for a blank one; `gap`, above it, in heights of a line;
    `heading`: the document itself calls it one."""

    text: str
    look: Look | None = None
    gap: float = 0.0
    heading: bool = False


BLANK = TextLine("")
PLAIN = Look(0.0)


def look_of_most(parts: Iterable[tuple[int, Look]]) -> Look | None:
    """The look of most characters, each property by itself; `parts` are counts of characters with their looks."""
    parts = list(parts)
    if parts and all(look == parts[0][1] for _, look in parts[1:]):
        return parts[0][1]  # as nearly always
    sizes: Counter[float] = Counter()
    colours: Counter[int] = Counter()
    bold = total = 0
    for chars, look in parts:
        sizes[look.size] += chars
        colours[look.colour] += chars
        bold += chars if look.bold else 0
        total += chars
    if not total:
        return None
    return Look(sizes.most_common(1)[0][0], 2 * bold > total, colours.most_common(1)[0][0])


def near(colour: int, other: int, distance: int) -> bool:
    """Whether two colours, 0xRRGGBB, differ by at most `distance` of 255 in each channel."""
    return (
        abs((colour & 255) - (other & 255)) <= distance
        and abs((colour >> 8 & 255) - (other >> 8 & 255)) <= distance
        and abs((colour >> 16 & 255) - (other >> 16 & 255)) <= distance
    )


def line_styles(lines: Sequence[TextLine]) -> list[LineStyle | None]:
    """The style of each line relative to the look of most characters of them all; None for blank ones."""
    looks = ((len(line.text), line.look) for line in lines if line.look is not None)
    most = look_of_most((chars, Look(round(2 * look.size) / 2, look.bold, look.colour)) for chars, look in looks)
    if most is None:
        return [None] * len(lines)
    return [_style(line, most) for line in lines]


def _style(line: TextLine, most: Look) -> LineStyle | None:
    if line.look is None or not line.text.strip():
        return None
    size = round(line.look.size / most.size, 2) if most.size else 1.0
    return LineStyle(
        size=max(size, _HEADING) if line.heading else size,
        bold=line.look.bold or line.heading,
        coloured=not near(line.look.colour, most.colour, _SAME_COLOUR),
        gap=round(min(max(line.gap, 0.0), _MOST_GAP), 2),
    )
