"""Whether a page of a PDF has anything that lets only a part of its text be painted, as a device of MuPDF tells.

Most pages have one clip around all they hold. Only the others have to be read once more for what their clips take away.
"""

from __future__ import annotations

from typing import Any, Final

import pymupdf

from services.ingest.parsing.parsers.pdf.paints import Box, corners

_mupdf: Any = pymupdf.mupdf

# Looked at in Python, 4 µs each: a page of more is sooner read once more.
_MOST_CLIPS = 30
_CLIPS: Final = (
    *("clip_path", "clip_stroke_path", "clip_text", "clip_stroke_text", "clip_image_mask"),
    *("begin_mask", "begin_group", "begin_tile"),
)


class ClipSearch(_mupdf.FzDevice2):  # type: ignore[misc]  # MuPDF's classes have no types
    """Goes through a page's clips up to the first that may take away something of `box`: then `found` is true."""

    def __init__(self, box: Box) -> None:
        super().__init__()
        self.found = False
        self._box = box
        self._looks = 0
        self._ask(asked=True)

    def clip_path(self, ctx: Any, path: Any, even_odd: int, ctm: Any, scissor: Any) -> None:
        """See MuPDF's fz_device, as with all methods below."""
        self._look(_mupdf.ll_fz_bound_path(path, None, ctm))

    def begin_group(self, ctx: Any, area: Any, *_: Any) -> None:
        """What is painted up to end_group, and within the area, is laid over the page together."""
        self._look(area)

    def begin_tile(self, ctx: Any, *_: Any) -> int:
        """A pattern, painted many times; MuPDF wants to be told whether it is known."""
        self._find()
        return 0

    def begin_mask(self, ctx: Any, *_: Any) -> None:
        """Letters, pictures and strokes let something through that no box tells of."""
        self._find()

    clip_stroke_path = clip_text = clip_stroke_text = clip_image_mask = begin_mask

    def _look(self, rect: Any) -> None:
        self._looks += 1
        x0, y0, x1, y1 = self._box
        left, top, right, bottom = corners(rect)
        if not (left <= x0 and top <= y0 and right >= x1 and bottom >= y1) or self._looks > _MOST_CLIPS:
            self._find()

    def _find(self) -> None:
        self.found = True
        self._ask(asked=False)

    def _ask(self, *, asked: bool) -> None:
        for name in _CLIPS:
            getattr(self, f"use_virtual_{name}")(asked)
