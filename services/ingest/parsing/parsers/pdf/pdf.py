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
from services.ingest.parsing.hidden_text import hidden_text_notes
from services.ingest.parsing.parsers.hidden_lines import not_in_sight
from services.ingest.parsing.parsers.looks import BLANK, Look, TextLine, line_styles, look_of_most
from services.ingest.parsing.parsers.page_layout import Line, page_lines
from services.ingest.parsing.parsers.pdf.hidden import visible
from services.ingest.parsing.parsers.pdf.page import Page
from services.ingest.parsing.parsers.pdf.spacing import with_words_apart
from services.ingest.parsing.parsers.pdf.spans import SpanLine, span_lines

_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
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
    lines: list[TextLine] = []
    hidden: list[str] = []
    pictures, unreadable = [], []
    size = 0
    cut: frozenset[str] = frozenset()
    for number in range(document.page_count):
        try:
            page = document.load_page(number)
            found, unseen, cut = _page(Page(page), cut)
            if not found and _shows_something(page):
                pictures.append(number + 1)
        except Exception as error:
            _pass_on_memory(error)
            unreadable.append(number + 1)
            continue
        lines += [BLANK, *found] if lines else found
        hidden += unseen
        size += sum(len(line.text) + 1 for line in found)
        if size > 4 * max_chars:
            break
    text = "\n".join(line.text for line in lines)
    _refuse_without_text(text, document, pictures, unreadable)
    notes = [*_notes(document, text, pictures, unreadable), *hidden_text_notes(not_in_sight(hidden, lines))]
    # Pictograms, mostly; a word around one would be broken by it.
    return RawText(text=text.replace(_UNKNOWN, " "), styles=line_styles(lines), notes=notes)


def _page(page: Page, cut_before: frozenset[str]) -> tuple[list[TextLine], list[str], frozenset[str]]:
    """The lines of the page, those in the direction of most text first, the lines that nobody sees, and those that
    are cut through by the page's edge: printed web pages repeat them, so that one of `cut_before` is not read again.
    """
    seen, hidden = visible(page, span_lines(page))
    seen = [line for line in seen if not (line.cut and line.text.strip() in cut_before)]
    cut = frozenset(line.text.strip() for line in seen if line.cut)
    by_direction: dict[tuple[int, int], list[Line]] = {}
    chars: Counter[tuple[int, int]] = Counter()
    for line, text in zip(seen, with_words_apart(page, seen), strict=True):
        text = text if text.isascii() else _SPACES.sub(" ", text)
        direction = _nearest(*line.direction)
        by_direction.setdefault(direction, []).append(_upright(line, direction, text.strip()))
        chars[direction] += len(text)
    found: list[TextLine] = []
    for direction, _ in chars.most_common():
        lines = page_lines(by_direction[direction])
        found += [BLANK, *lines] if found else lines
    return found, hidden, cut


def _nearest(x: float, y: float) -> tuple[int, int]:
    if abs(x) >= abs(y):
        return (1, 0) if x >= 0 else (-1, 0)
    return (0, 1) if y > 0 else (0, -1)


def _upright(line: SpanLine, direction: tuple[int, int], text: str) -> Line:
    x0, y0, x1, y1 = line.box
    look = look_of_most((len(span.text.strip()), span.look) for span in line.spans) or Look(y1 - y0)
    match direction:
        case (0, 1):
            return Line(y0, -x1, y1, -x0, text, look)
        case (0, -1):
            return Line(-y1, x0, -y0, x1, text, look)
        case (-1, 0):
            return Line(-x1, -y1, -x0, -y0, text, look)
        case _:
            return Line(x0, y0, x1, y1, text, look)


def _shows_something(page: Any) -> bool:
    # Inline images appear in no list of the page's resources.
    return bool(page.get_images()) or bool(page.get_image_info()) or len(page.get_cdrawings()) >= _DRAWN


def _refuse_without_text(text: str, document: Any, pictures: list[int], unreadable: list[int]) -> None:
    letters = len("".join(text.split()))
    if letters and text.count(_UNKNOWN) < _MOSTLY * letters:
        return
    if letters:
        raise RecordRejected(
            ErrorCode.SCANNED_NO_TEXT,
            "the PDF's fonts do not tell which letters they show; save it again with text that can be copied",
        )
    if len(unreadable) == document.page_count:
        raise _broken()
    if pictures:
        raise RecordRejected(
            ErrorCode.SCANNED_NO_TEXT, "the PDF holds pictures but no text; send one whose text can be selected"
        )
    if document.is_repaired:
        raise _broken()  # what was found of it is not what it held
    raise RecordRejected(ErrorCode.EMPTY, "the PDF holds no text that can be seen")


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
