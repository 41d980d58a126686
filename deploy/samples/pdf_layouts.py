"""The PDF layouts of the sample resumes: classic (one column), sidebar (two columns), banded (dates in a margin)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf

PAGE = pymupdf.paper_rect("letter")
BLUE = (0.13, 0.27, 0.42)
GREY = (0.35, 0.35, 0.35)
PALE = (0.92, 0.94, 0.96)
WHITE = (1, 1, 1)
BLACK = (0, 0, 0)


class Flow:
    """Writes lines down a column, and goes on at the top of a new page where one is full."""

    def __init__(self, document: Any, left: float, right: float, top: float, *, colour: Any = BLACK) -> None:
        self.document, self.left, self.right, self.y, self.colour = document, left, right, top, colour
        self.page = document[0]
        self.fonts = {False: pymupdf.Font("helv"), True: pymupdf.Font("hebo")}

    def write(
        self,
        text: str,
        size: float = 10,
        *,
        bold: bool = False,
        indent: float = 0,
        colour: Any = None,
        after: float = 0,
        mark: str = "",
    ) -> None:
        font = self.fonts[bold]
        for number, line in enumerate(self._wrapped(text, font, size, self.right - self.left - indent)):
            self._make_room(size)
            writer = pymupdf.TextWriter(self.page.rect, color=colour or self.colour)
            if mark and number == 0:
                writer.append((self.left + indent - 10, self.y), mark, font=font, fontsize=size)
            writer.append((self.left + indent, self.y), line, font=font, fontsize=size)
            writer.write_text(self.page)
            self.y += size * 1.32
        self.y += after

    def heading(self, text: str, colour: Any = BLUE, *, rule: bool = True) -> None:
        self.y += 7
        self._make_room(40)
        self.write(text, 11.5, bold=True, colour=colour)
        if rule:
            line = self.y - 9
            self.page.draw_line((self.left, line), (self.right, line), color=colour, width=0.6)
        self.y += 4

    def _make_room(self, needed: float) -> None:
        if self.y + needed > PAGE.height - 50:
            self.page = self.document.new_page(width=PAGE.width, height=PAGE.height)
            self.y = 60

    @staticmethod
    def _wrapped(text: str, font: Any, size: float, width: float) -> list[str]:
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if font.text_length(longer, size) > width and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines


def write_pdf(resume: Any, path: Path) -> None:
    document = pymupdf.open()
    document.new_page(width=PAGE.width, height=PAGE.height)
    {"classic": _classic, "sidebar": _sidebar, "banded": _banded}[resume.layout](document, resume)
    document.set_metadata({"title": f"{resume.name}, {resume.trade}", "author": resume.name})
    document.subset_fonts()
    # A new id would be random: the same source must give the same bytes.
    document.save(path, garbage=4, deflate=True, no_new_id=True)
    document.close()


def _sections(flow: Flow, sections: list[Any], *, size: float = 10) -> None:
    for section in sections:
        flow.heading(section.title)
        for block in section.blocks:
            if block.kind == "post":
                post, *rest = [part.strip() for part in block.text.split("|")]
                flow.y += 3
                flow.write(post, size + 0.5, bold=True)
                flow.write("  ·  ".join(rest), size - 0.5, colour=GREY, after=2)
            elif block.kind == "item":
                flow.write(block.text, size, indent=14, mark="•", after=1.5)
            else:
                flow.write(block.text, size, after=3)


def _classic(document: Any, resume: Any) -> None:
    flow = Flow(document, 64, PAGE.width - 64, 72)
    flow.write(resume.name, 21, bold=True, colour=BLUE)
    flow.write(resume.trade, 12.5, colour=GREY)
    flow.write(resume.contact, 9.5, colour=GREY, after=4)
    _sections(flow, resume.sections)


def _sidebar(document: Any, resume: Any) -> None:
    page = document[0]
    page.draw_rect(pymupdf.Rect(0, 0, 190, PAGE.height), color=BLUE, fill=BLUE)
    beside = ("Skills", "Licences", "Languages")
    side = Flow(document, 26, 178, 64, colour=WHITE)
    side.write(resume.name, 16, bold=True, after=4)
    side.write(resume.trade, 10.5, after=10)
    for part in resume.contact.split("|"):
        side.write(part.strip(), 8.5)
    for section in (section for section in resume.sections if section.title in beside):
        side.heading(section.title, WHITE, rule=False)
        for block in section.blocks:
            side.write(block.text, 9, after=2)
    main = Flow(document, 214, PAGE.width - 44, 64)
    main.y -= 7
    _sections(main, [section for section in resume.sections if section.title not in beside], size=9.5)


def _banded(document: Any, resume: Any) -> None:
    page = document[0]
    page.draw_rect(pymupdf.Rect(0, 0, PAGE.width, 104), color=PALE, fill=PALE)
    flow = Flow(document, 150, PAGE.width - 56, 52)
    flow.write(resume.name, 20, bold=True)
    flow.write(resume.trade, 12, colour=BLUE)
    flow.write(resume.contact, 9, colour=GREY)
    flow.y = 132
    for section in resume.sections:
        flow.heading(section.title.upper())
        for block in section.blocks:
            if block.kind == "post":
                post, employer, years = (part.strip() for part in block.text.split("|"))
                flow.y += 3
                margin = Flow(document, 44, 140, flow.y, colour=GREY)
                margin.write(years, 9)
                flow.write(f"{post}, {employer}", 10, bold=True, after=2)
            elif block.kind == "item":
                flow.write(block.text, 10, indent=12, mark="–", after=1.5)
            else:
                flow.write(block.text, 10, after=3)
