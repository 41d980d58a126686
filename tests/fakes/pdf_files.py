"""PDF files for tests, made by PyMuPDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymupdf


def pdf_file(*pages: Callable[[Any], None], **saving: Any) -> bytes:
    """The bytes of a PDF with one page for each function, which draws it."""
    document: Any = pymupdf.open()
    for draw in pages:
        draw(document.new_page())
    data: bytes = document.tobytes(**saving)
    return data


def lines(*texts: str, x: float = 72, y: float = 72, step: float = 14, size: float = 11) -> Callable[[Any], None]:
    """Draws lines of text below each other."""

    def draw(page: Any) -> None:
        for n, text in enumerate(texts):
            page.insert_text((x, y + n * step), text, fontsize=size)

    return draw


def picture(page: Any) -> None:
    """Draws an image that fills the page."""
    pixmap: Any = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 60, 80), False)
    pixmap.clear_with(200)
    page.insert_image(page.rect, pixmap=pixmap)


def image(page: Any, rect: Any, grey: int, alpha: int = 255) -> None:
    """Draws an image of one grey (0 to 255) in `rect`; `alpha` 0 lets all through."""
    pixmap: Any = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 40), alpha < 255)
    pixmap.clear_with(grey)
    if alpha < 255:
        pixmap.set_alpha(bytes([alpha]) * 1600)
    page.insert_image(pymupdf.Rect(rect), pixmap=pixmap, keep_proportion=False)


def scan(page: Any) -> None:
    """Draws an image of bright paper over the whole page."""
    image(page, page.rect, 250)
