"""A page of a PDF, interpreted once into MuPDF's display list, from which all else is asked.

Interpreting takes most of the time (2 ms of the 3.5 ms that a page's text takes; measured over 76 pages of resumes),
so that what is painted beside the text costs half a millisecond more, and its clips a tenth.
Coordinates are those of the page before it is turned: points, y downwards, the crop box's corner at 0, 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymupdf
from pymupdf import extra, mupdf

from services.ingest.parsing.parsers.pdf.clip_search import ClipSearch
from services.ingest.parsing.parsers.pdf.paints import Box, Paint, PaintsAlone, PaintsInOrder

# A character and where it stands, in tenths of a point.
Place = tuple[str, int, int]

# PyMuPDF's own annotations cover a part of it only.
_pymupdf: Any = pymupdf
_mupdf: Any = mupdf
_extra: Any = extra
_TEXT_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE  # ligatures come apart


class Page:
    """One page; what it is asked for is found on the first call and kept. Any method may raise what MuPDF raises."""

    def __init__(self, page: Any) -> None:
        if page.rotation:
            page.set_rotation(0)
        rect = page.rect
        self.box: Box = (rect.x0, rect.y0, rect.x1, rect.y1)
        self._page = page
        self._list: Any = page.get_displaylist()
        # Notes and stamps that readers put on a page cover text, but nobody hides it so.
        self._painted: Any = self._list if page.first_annot is None else page.get_displaylist(annots=0)
        self._text: Any = None
        self._chars: list[Any] | None = None
        self._paints: list[Paint] | None = None
        self._in_order: PaintsInOrder | None = None
        self._trace: list[dict[str, Any]] | None = None

    def blocks(self) -> list[dict[str, Any]]:
        """All text, that outside the page or of a clip too, as `get_text("dict")` gives it."""
        return list(self._text_page().extractDICT()["blocks"])

    def chars(self, block: int, line: int, span: int) -> list[dict[str, Any]]:
        """The characters of one span of `blocks()`, as `get_text("rawdict")` gives them. 5 ms for the first span."""
        if self._chars is None:
            self._chars = list(self._text_page().extractRAWDICT()["blocks"])
        return list(self._chars[block]["lines"][line]["spans"][span]["chars"])

    def may_be_clipped(self, box: Box) -> bool:
        """Whether a clip may take away some of the text in `box`, the box around all text. 0.1 ms."""
        search = ClipSearch(box)
        self._run(search)
        return search.found

    def inside_clips(self, chars: int) -> list[dict[str, Any]] | None:
        """The text that no clip takes away, as `blocks()`; None where none takes any of its `chars` letters. 0.5 ms."""
        inside = self._interpreted(_TEXT_FLAGS | pymupdf.TEXT_CLIP)
        # A tenth of the time of its extractText().
        plain = _mupdf.fz_buffer_extract_copy(_mupdf.fz_new_buffer_from_stext_page(inside.this)).decode(
            errors="replace"
        )
        if len("".join(plain.split())) == chars:
            return None
        return list(inside.extractDICT()["blocks"])

    def as_painted(self) -> Iterator[list[dict[str, Any]]]:
        """Line by line, the characters with their spaces told apart: `synthetic` ones are gaps. 6 ms.

        The display list drops what paints nothing, spaces painted by themselves too.
        """
        for block in self._page.get_text("rawdict", flags=_TEXT_FLAGS)["blocks"]:
            for line in block.get("lines", ()):
                yield [char for span in line["spans"] for char in span["chars"]]

    def paints(self) -> list[Paint]:
        """What is painted beside text, in its order; boxes as large as if nothing were clipped."""
        if self._paints is None:
            device = PaintsAlone()
            self._run(device, self._painted)
            self._paints = device.paints
        return self._paints

    def in_order(self) -> PaintsInOrder:
        """Text and what is painted beside it, in one order, boxes as they are clipped. 1.4 ms."""
        if self._in_order is None:
            self._in_order = PaintsInOrder()
            self._run(self._in_order, self._painted)
        return self._in_order

    def trace(self) -> list[dict[str, Any]]:
        """Each text as it was painted, as `get_texttrace()` gives it: `seqno` is its place in `in_order()`. 3.5 ms."""
        if self._trace is None:
            self._trace = []
            device = _extra.JM_new_texttrace_device(self._trace)
            device.ptm = _mupdf.FzMatrix(1, 0, 0, -1, 0, self.box[3])
            self._run(device, self._painted)
        return self._trace

    def pixels(self, box: Box, scale: float) -> bytes:
        """The pixels that show in a part of the page at `scale` pixels to the point: red, green and blue of each."""
        (x0, y0, x1, y1), (left, top, right, bottom) = box, self.box
        clip = max(x0, left), max(y0, top), min(x1, right), min(y1, bottom)
        if clip[0] >= clip[2] or clip[1] >= clip[3]:
            return b""
        shown: Any = self._list.get_pixmap(matrix=_pymupdf.Matrix(scale, scale), alpha=0, clip=clip)
        return bytes(shown.samples_mv)

    def _text_page(self) -> Any:
        if self._text is None:
            self._text = self._interpreted(_TEXT_FLAGS)
        return self._text

    def _interpreted(self, flags: int) -> Any:
        # A box without end, so that text outside the page is seen, and can be told of.
        page = _mupdf.FzStextPage(_mupdf.FzRect(_mupdf.FzRect.Fixed_INFINITE))
        self._run(_mupdf.fz_new_stext_device(page, _mupdf.FzStextOptions(flags)))
        text: Any = pymupdf.TextPage
        return text(page)

    def _run(self, device: Any, painted: Any = None) -> None:
        what, everywhere = (painted or self._list).this, _mupdf.FzRect(_mupdf.FzRect.Fixed_INFINITE)
        _mupdf.fz_run_display_list(what, device, _mupdf.FzMatrix(), everywhere, _mupdf.FzCookie())
        _mupdf.fz_close_device(device)


def place(char: str, origin: tuple[float, float]) -> Place:
    """A character and where its base line begins, alike in all ways in which a page is read."""
    return char, round(10 * origin[0]), round(10 * origin[1])
