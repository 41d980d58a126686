"""PDF, through PyMuPDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pymupdf

from libs.contracts.documents import Note
from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.content import RawText
from services.ingest.parsing.parsers.page_layout import Line, page_text

# Ligatures come apart; text outside the page and invented characters of unknown fonts stay out.
_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff]")
_UNKNOWN = "\ufffd"
_MOSTLY = 0.5
# A page of so many strokes and no text is a drawing of text.
_DRAWN = 40

# PyMuPDF's own annotations cover a part of it only.
_mupdf: Any = pymupdf
_mupdf.TOOLS.mupdf_display_errors(False)
_mupdf.TOOLS.mupdf_display_warnings(False)


def parse(data: bytes, max_chars: int) -> RawText:
    """The text of all pages in reading order; reading stops once it has more than 4 x `max_chars`.

    Raises RecordRejected: `encrypted`, `scanned_no_text`, `empty`, `invalid_content`. MemoryError passes.
    """
    document = _opened(data)
    try:
        return _text_of(document, max_chars)
    finally:
        document.close()


def _opened(data: bytes) -> Any:
    try:
        document: Any = _mupdf.open(stream=data, filetype="pdf")
        locked = document.needs_pass and not document.authenticate("")
        pages = 0 if locked else document.page_count
    except Exception as error:
        _pass_on_memory(error)
        raise _broken() from error
    if locked:
        raise RecordRejected(ErrorCode.ENCRYPTED, "the PDF is protected by a password; send it without one")
    if pages == 0:
        raise _broken()
    return document


def _text_of(document: Any, max_chars: int) -> RawText:
    texts: list[str] = []
    pictures, unreadable = [], []
    size = 0
    for number in range(document.page_count):
        try:
            page = document.load_page(number)
            text = "\n".join(filter(None, (page_text(lines) for lines in _lines_by_direction(page))))
            if not text and _shows_something(page):
                pictures.append(number + 1)
        except Exception as error:
            _pass_on_memory(error)
            unreadable.append(number + 1)
            continue
        texts.append(text)
        size += len(text)
        if size > 4 * max_chars:
            break
    text = "\n\n".join(texts)
    _refuse_without_text(text, document.page_count, pictures, unreadable)
    # Pictograms, mostly; a word around one would be broken by it.
    return RawText(text=text.replace(_UNKNOWN, " "), notes=list(_notes(document, text, pictures, unreadable)))


def _lines_by_direction(page: Any) -> Iterator[list[Line]]:
    """The page's lines, turned upright: first those in the direction of most text, then the others."""
    found: dict[tuple[int, int], list[Line]] = {}
    chars: Counter[tuple[int, int]] = Counter()
    for block in page.get_text("dict", flags=_FLAGS)["blocks"]:
        for line in block.get("lines", ()):
            text = _INVISIBLE.sub("", _SPACES.sub(" ", "".join(span["text"] for span in line["spans"])))
            if not text.strip():
                continue
            direction = _nearest(*line["dir"])
            found.setdefault(direction, []).append(_upright(line["bbox"], direction, text.strip()))
            chars[direction] += len(text)
    for direction, _ in chars.most_common():
        yield found[direction]


def _nearest(x: float, y: float) -> tuple[int, int]:
    if abs(x) >= abs(y):
        return (1, 0) if x >= 0 else (-1, 0)
    return (0, 1) if y > 0 else (0, -1)


def _upright(box: tuple[float, float, float, float], direction: tuple[int, int], text: str) -> Line:
    x0, y0, x1, y1 = box
    match direction:
        case (0, 1):
            return Line(y0, -x1, y1, -x0, text)
        case (0, -1):
            return Line(-y1, x0, -y0, x1, text)
        case (-1, 0):
            return Line(-x1, -y1, -x0, -y0, text)
        case _:
            return Line(x0, y0, x1, y1, text)


def _shows_something(page: Any) -> bool:
    # Inline images appear in no list of the page's resources.
    return bool(page.get_images()) or bool(page.get_image_info()) or len(page.get_cdrawings()) >= _DRAWN


def _refuse_without_text(text: str, pages: int, pictures: list[int], unreadable: list[int]) -> None:
    letters = sum(not char.isspace() for char in text)
    if letters and text.count(_UNKNOWN) < _MOSTLY * letters:
        return
    if letters:
        raise RecordRejected(
            ErrorCode.SCANNED_NO_TEXT,
            "the PDF's fonts do not tell which letters they show; save it again with text that can be copied",
        )
    if len(unreadable) == pages:
        raise _broken()
    if pictures:
        raise RecordRejected(
            ErrorCode.SCANNED_NO_TEXT, "the PDF holds pictures but no text; send one whose text can be selected"
        )
    raise RecordRejected(ErrorCode.EMPTY, "the PDF holds no text")


def _notes(document: Any, text: str, pictures: list[int], unreadable: list[int]) -> Iterator[Note]:
    if document.is_repaired:
        yield Note("repaired", "the file was damaged and has been repaired as far as possible")
    if pictures:
        yield Note("page_without_text", f"pages that hold pictures but no text: {_numbers(pictures)}")
    if unreadable:
        yield Note("page_unreadable", f"pages that could not be read: {_numbers(unreadable)}")
    if _UNKNOWN in text:
        yield Note(
            "unknown_characters", f"{text.count(_UNKNOWN)} characters, of fonts that do not name them, were left out"
        )
    if document.embfile_count():
        yield Note("attachments_left_out", f"files attached to the PDF were not read: {document.embfile_count()}")


def _numbers(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:20])) + (" …" if len(pages) > 20 else "")


def _broken() -> RecordRejected:
    return RecordRejected(ErrorCode.INVALID_CONTENT, "the PDF is damaged and cannot be opened")


def _pass_on_memory(error: Exception) -> None:
    """MuPDF tells of an allocation that failed by its message only."""
    message = str(error).lower()
    if isinstance(error, MemoryError) or "malloc" in message or "out of memory" in message:
        raise MemoryError from error
