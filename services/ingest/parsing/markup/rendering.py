"""HTML as the plain text that a reader of the page sees: lines, bullets and cells, and what was hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from lxml import etree

from libs.contracts.errors import ErrorCode, RecordRejected
from services.ingest.parsing.markup.detection import LinesBy
from services.ingest.parsing.markup.lines import PageLines
from services.ingest.parsing.markup.tags import BOLD, CELLS, HEADINGS, KNOWN, LINES, PARAGRAPHS, UNREAD

# Nobody's page is nested as deeply; the parser's time grows with the depth.
_MAX_DEPTH: Final = 1_000
_FED_CHARS: Final = 65_536
# More than any text may have: what follows is not read, and the text refused for its length.
_MOST_CHARS: Final = 1_000_000
# An attribute is looked at no further.
_STYLE_CHARS: Final = 2_000
_NAME = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,40})(?=[\s/>,])")
_INVISIBLE = re.compile("[\u00ad\u200b\ufeff]")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.I,
)
_KEEPS_BREAKS = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
# A line break within a text that stands before a bullet ends a line, whatever HTML says.
_BULLET_LINE = re.compile(r"\n[ \t]*(?=[•▪●◦‣·*–-][ \t])")
_ADDRESS = re.compile(r"(mailto|tel):\s*([^?\s]{3,200})", re.I)


@dataclass(frozen=True, slots=True)
class Rendered:
    """`text` in lines, `hidden` the stretches that the page does not show."""

    text: str
    hidden: list[str] = field(default_factory=list)


def render(markup: str, lines_by: LinesBy) -> Rendered:
    """The plain text of HTML: no tags, attributes, scripts, comments; character references decoded.

    A list's item is a line that begins with BULLET; `<br>` within one is a space. Raises RecordRejected
    (`invalid_content`) for parts nested too deeply. Blocks, linear in the size of `markup`.
    """
    reader = _Reader(lines_by)
    parser = etree.HTMLParser(target=reader, encoding="utf-8")
    markup = _with_words_kept(markup.replace("\x00", ""))
    for start in range(0, len(markup), _FED_CHARS):
        parser.feed(markup[start : start + _FED_CHARS].encode("utf-8", "ignore"))
        if reader.depth > _MAX_DEPTH:
            raise RecordRejected(ErrorCode.INVALID_CONTENT, "the HTML's parts are nested too deeply")
        if reader.page.chars > _MOST_CHARS:
            break
    if not markup.strip():
        return Rendered("")
    parser.close()
    return Rendered(reader.page.text(), [each for each in map(_one_spaced, reader.hidden) if each])


def _with_words_kept(markup: str) -> str:
    """Escapes what stands in angle brackets and is no tag: `List<String>`, `<your name>`."""
    closed = {match[2].lower() for match in _NAME.finditer(markup) if match[1]}

    def escaped(match: re.Match[str]) -> str:
        name = match[2].lower()
        return match[0] if name in KNOWN or name in closed else f"&lt;{match[0][1:]}"

    return _NAME.sub(escaped, markup)


def _one_spaced(text: str) -> str:
    return " ".join(text.split())


class _Reader:
    """Takes the parser's events; `depth` is how many elements are open."""

    def __init__(self, lines_by: LinesBy) -> None:
        self.page = PageLines()
        self.hidden: list[str] = []
        self.depth = 0
        self._unread = 0
        self._hiding = 0
        self._items = 0
        self._bold = 0
        self._headings = 0
        # Depths below which the text's own line breaks count.
        self._kept = [0] if lines_by == "breaks" else []
        self._link: tuple[int, str, list[str]] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _MAX_DEPTH or self._unread:
            return
        if tag in UNREAD:
            self._unread = self.depth
        elif not self._hiding and _hides(attributes):
            self._hiding = self.depth
            self.hidden.append("")
        elif not self._hiding:
            self._open(tag, attributes)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        page = self.page
        if tag == "br":
            self._break_line()
        elif tag == "hr":
            page.end_line(blank=True)
        elif tag == "li":
            self._items += 1
            page.begin_item()
        elif tag in HEADINGS:
            self._headings += 1
            page.end_line(blank=True)
        elif tag in CELLS:
            page.begin_cell()
        elif tag == "tr":
            page.begin_row()
        elif tag in LINES:
            page.end_line(blank=tag in PARAGRAPHS and not self._items)
        elif tag in BOLD:
            self._bold += 1
        elif tag == "a":
            self._open_link(attributes.get("href", ""))
        style = attributes.get("style", "")[:_STYLE_CHARS]
        if tag == "pre" or (style and _KEEPS_BREAKS.search(style)):
            self._kept.append(self.depth)

    def end(self, tag: str) -> None:
        depth = self.depth
        self.depth -= 1
        if self._unread or self._hiding:
            if self._unread == depth:
                self._unread = 0
            elif self._hiding == depth:
                self._hiding = 0
            return
        if depth <= _MAX_DEPTH:
            self._close(tag, depth)

    def _close(self, tag: str, depth: int) -> None:
        page = self.page
        if tag == "li":
            self._items -= 1
            page.end_item()
        elif tag in CELLS:
            page.end_cell()
        elif tag == "tr":
            page.end_row()
        elif tag in LINES and tag not in ("html", "body"):
            self._headings -= tag in HEADINGS
            page.end_line()
        elif tag in BOLD:
            self._bold -= 1
        if self._link is not None and self._link[0] == depth:
            self._close_link()
        if self._kept and self._kept[-1] == depth:
            self._kept.pop()

    def data(self, text: str) -> None:
        if self._unread:
            return
        text = _INVISIBLE.sub("", text)
        if self._hiding:
            self.hidden[-1] += text
            return
        if self._link is not None:
            self._link[2].append(text)
        lines = text.split("\n") if self._kept else _BULLET_LINE.split(text) if "\n" in text else [text]
        self._add(lines[0])
        for line in lines[1:]:
            self.page.break_written_line()
            self._add(line)

    def close(self) -> None:
        self.page.end_line()

    def _add(self, text: str) -> None:
        self.page.add(text, is_bold=self._bold > 0, is_heading=self._headings > 0)

    def _break_line(self) -> None:
        if self._items or self._headings:
            self.page.break_within_item()
        else:
            self.page.break_line()

    def _open_link(self, href: str) -> None:
        address = _ADDRESS.match(href.strip()[:400])
        if address is not None:
            self._link = self.depth, unquote(address[2]), []

    def _close_link(self) -> None:
        """An address that only the link knows is a word of the text, as its reader could have clicked on it."""
        assert self._link is not None
        _, address, texts = self._link
        self._link = None
        if _letters(address) not in _letters("".join(texts)):
            self._add(f" {address} ")


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _hides(attributes: dict[str, str]) -> bool:
    style = attributes.get("style", "")[:_STYLE_CHARS]
    return "hidden" in attributes or (style != "" and _HIDING.search(style) is not None)
