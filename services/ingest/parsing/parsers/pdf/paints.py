"""What a page paints beside its text: fills, strokes, shades and images, as devices that MuPDF paints on.

Numbers of paints are those of MuPDF's text trace: every fill, stroke, shade, image and text counts one.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

import msgspec
import pymupdf

Box = tuple[float, float, float, float]

_mupdf: Any = pymupdf.mupdf
_RGB, _PARAMETERS = _mupdf.FzColorspace(_mupdf.FzColorspace.Fixed_RGB), _mupdf.FzColorParams()
_EVERYWHERE: Box = (-1e9, -1e9, 1e9, 1e9)
_OPAQUE = 0.95
# What is narrower, in points, is a rule or a frame, no background, and is not gathered.
NARROW: Final = 3.0
# A page of more is a drawing, a map or made to take time; it is judged by the first.
_MOST_PAINTS = 20_000


class PaintKind(Enum):
    """What a paint is."""

    FILL = "fill"
    STROKE = "stroke"
    SHADE = "shade"
    IMAGE = "image"


class Paint(msgspec.Struct, frozen=True):
    """One paint and its box. `colour`, 0xRRGGBB, is None where it has several; `opaque`: what lies below is gone."""

    number: int
    kind: PaintKind
    box: Box
    colour: int | None
    opaque: bool


class PaintsAlone(_mupdf.FzDevice2):  # type: ignore[misc]  # MuPDF's classes have no types
    """Gathers `paints` and is not called for text, of which pages have far more."""

    def __init__(self) -> None:
        super().__init__()
        self.paints: list[Paint] = []
        self._number = 0
        self._colours: dict[tuple[Any, ...], int] = {}
        for name in ("fill_path", "stroke_path", "fill_shade", "fill_image", "fill_image_mask"):
            getattr(self, f"use_virtual_{name}")()

    def fill_path(
        self, ctx: Any, path: Any, even_odd: int, ctm: Any, space: Any, color: Any, alpha: float, _: Any
    ) -> None:
        """See MuPDF's fz_device, as with all methods below."""
        self._add(PaintKind.FILL, corners(_mupdf.ll_fz_bound_path(path, None, ctm)), alpha, space, color)

    def stroke_path(
        self, ctx: Any, path: Any, stroke: Any, ctm: Any, space: Any, color: Any, alpha: float, _: Any
    ) -> None:
        """A line; a thick one is a bar behind a heading."""
        self._add(PaintKind.STROKE, corners(_mupdf.ll_fz_bound_path(path, stroke, ctm)), alpha, space, color)

    def fill_shade(self, ctx: Any, shade: Any, ctm: Any, alpha: float, _: Any) -> None:
        """A run of colours."""
        self._add(PaintKind.SHADE, corners(_mupdf.ll_fz_bound_shade(shade, ctm)), alpha)

    def fill_image(self, ctx: Any, image: Any, ctm: Any, alpha: float, _: Any) -> None:
        """An image; one with a mask lets through what lies below."""
        self._add(PaintKind.IMAGE, _unit_square(ctm), 0.0 if image.mask else alpha)

    def fill_image_mask(self, ctx: Any, image: Any, ctm: Any, space: Any, color: Any, alpha: float, _: Any) -> None:
        """A picture of two colours, one of which is the page: most scans are."""
        self._add(PaintKind.IMAGE, _unit_square(ctm), 0.0)

    def _add(self, kind: PaintKind, box: Box, alpha: float, space: Any = None, color: Any = None) -> None:
        number = self._number
        self._number += 1
        box = _within(box, self._clip())
        if box[2] - box[0] >= NARROW and box[3] - box[1] >= NARROW and len(self.paints) < _MOST_PAINTS:
            covers = kind is not PaintKind.STROKE and alpha >= _OPAQUE and self._covers()
            self.paints.append(Paint(number, kind, box, _rgb(space, color, self._colours) if space else None, covers))

    def _clip(self) -> Box:
        return _EVERYWHERE

    def _covers(self) -> bool:
        return True


class PaintsInOrder(PaintsAlone):
    """Gathers `paints` as they are clipped, and in the same order of numbers `texts`, the boxes of text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[tuple[int, Box]] = []
        self._clips: list[tuple[Box, bool]] = []
        self._groups: list[bool] = []
        for name in (
            *("fill_text", "stroke_text", "ignore_text", "begin_group", "end_group", "begin_mask", "end_mask"),
            *("clip_path", "clip_stroke_path", "clip_text", "clip_stroke_text", "clip_image_mask", "pop_clip"),
        ):
            getattr(self, f"use_virtual_{name}")()

    def fill_text(self, ctx: Any, text: Any, ctm: Any, *_: Any) -> None:
        """Text as it is."""
        self._add_text(_mupdf.ll_fz_bound_text(text, None, ctm))

    def stroke_text(self, ctx: Any, text: Any, stroke: Any, ctm: Any, *_: Any) -> None:
        """Outlines of text."""
        self._add_text(_mupdf.ll_fz_bound_text(text, stroke, ctm))

    def ignore_text(self, ctx: Any, text: Any, ctm: Any) -> None:
        """Text that is not painted."""
        self._add_text(_mupdf.ll_fz_bound_text(text, None, ctm))

    def clip_path(self, ctx: Any, path: Any, even_odd: int, ctm: Any, scissor: Any) -> None:
        """From here to pop_clip, only what lies in a shape is painted."""
        self._push(corners(_mupdf.ll_fz_bound_path(path, None, ctm)))

    def clip_stroke_path(self, ctx: Any, path: Any, stroke: Any, ctm: Any, scissor: Any) -> None:
        """The shape is a line."""
        self._push(corners(_mupdf.ll_fz_bound_path(path, stroke, ctm)), whole=False)

    def clip_text(self, ctx: Any, text: Any, ctm: Any, scissor: Any) -> None:
        """The shape is letters."""
        self._push(corners(_mupdf.ll_fz_bound_text(text, None, ctm)), whole=False)

    def clip_stroke_text(self, ctx: Any, text: Any, stroke: Any, ctm: Any, scissor: Any) -> None:
        """The shape is outlines of letters."""
        self._push(corners(_mupdf.ll_fz_bound_text(text, stroke, ctm)), whole=False)

    def clip_image_mask(self, ctx: Any, image: Any, ctm: Any, scissor: Any) -> None:
        """The shape is that of a picture."""
        self._push(_unit_square(ctm), whole=False)

    def pop_clip(self, ctx: Any) -> None:
        """The innermost clip ends."""
        if self._clips:
            self._clips.pop()

    def begin_mask(self, ctx: Any, *_: Any) -> None:
        """What is painted up to end_mask is a mask, and shows nothing itself."""
        self._groups.append(False)

    def end_mask(self, ctx: Any, *_: Any) -> None:
        """From here to pop_clip, the mask lets through a part of what is painted."""
        self.end_group(ctx)
        self._push(_EVERYWHERE, whole=False)

    def begin_group(
        self, ctx: Any, box: Any, space: Any, isolated: int, knockout: int, blend: int, alpha: float
    ) -> None:
        """What is painted up to end_group is laid over the page together: mixed with it, unless opaque and normal."""
        self._groups.append(blend == 0 and alpha >= _OPAQUE)

    def end_group(self, ctx: Any, *_: Any) -> None:
        """The innermost group ends."""
        if self._groups:
            self._groups.pop()

    def _add_text(self, rect: Any) -> None:
        self.texts.append((self._number, corners(rect)))
        self._number += 1

    def _push(self, box: Box, *, whole: bool = True) -> None:
        self._clips.append((_within(box, self._clip()), whole and (not self._clips or self._clips[-1][1])))

    def _clip(self) -> Box:
        return self._clips[-1][0] if self._clips else _EVERYWHERE

    def _covers(self) -> bool:
        return all(self._groups) and (not self._clips or self._clips[-1][1])


def corners(rect: Any) -> Box:
    """Of a rectangle of MuPDF's."""
    return rect.x0, rect.y0, rect.x1, rect.y1


def _unit_square(ctm: Any) -> Box:
    """Where an image stands: the unit square is painted by it, put in its place by `ctm`."""
    xs = [ctm.e + x for x in (0, ctm.a, ctm.c, ctm.a + ctm.c)]
    ys = [ctm.f + y for y in (0, ctm.b, ctm.d, ctm.b + ctm.d)]
    return min(xs), min(ys), max(xs), max(ys)


def _within(box: Box, clip: Box) -> Box:
    x0, y0, x1, y1 = box
    left, top, right, bottom = clip
    return (
        x0 if x0 > left else left,
        y0 if y0 > top else top,
        x1 if x1 < right else right,
        y1 if y1 < bottom else bottom,
    )


def _rgb(space: Any, color: Any, known: dict[tuple[Any, ...], int]) -> int:
    """The colour as 0xRRGGBB; `known` are those converted before, since converting takes most of a paint's time."""
    parts = range(_mupdf.ll_fz_colorspace_n(space))
    key = (int(space.this), *[_mupdf.floats_getitem(color, n) for n in parts])
    if key not in known:
        rgb = _mupdf.ll_fz_convert_color(space, color, _RGB.m_internal, None, _PARAMETERS.internal())[:3]
        red, green, blue = (int(255 * min(max(float(part), 0.0), 1.0) + 0.5) for part in rgb)
        known[key] = red << 16 | green << 8 | blue
    return known[key]
