"""The DOCX layouts of the sample resumes: plain, table (years beside), headered (name in the header)."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
from docx.shared import Cm, Pt, RGBColor

WRITTEN = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
BLUE = RGBColor(0x21, 0x45, 0x6B)
GREY = RGBColor(0x59, 0x59, 0x59)


def write_docx(resume: Any, path: Path) -> None:
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name = "Calibri"
    style.font.size = Pt(10.5)
    style.paragraph_format.space_after = Pt(4)
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin = section.bottom_margin = Cm(2)
    _head(document, resume)
    for section in resume.sections:
        document.add_heading(section.title, level=1)
        (_as_table if resume.layout == "table" else _as_list)(document, section)
    core = document.core_properties
    core.title, core.author, core.comments = f"{resume.name}, {resume.trade}", resume.name, ""
    core.created = core.modified = WRITTEN
    _save(document, path)


def _head(document: Any, resume: Any) -> None:
    if resume.layout == "headered":
        section = document.sections[0]
        _run(section.header.paragraphs[0], resume.name, size=16, bold=True, colour=BLUE)
        _run(section.footer.paragraphs[0], resume.contact, size=9, colour=GREY)
        _run(document.add_paragraph(), resume.trade, size=13, colour=GREY)
        return
    document.add_heading(resume.name, level=0)
    _run(document.add_paragraph(), resume.trade, size=13, bold=True)
    _run(document.add_paragraph(), resume.contact, size=9.5, colour=GREY)


def _as_list(document: Any, section: Any) -> None:
    for block in section.blocks:
        if block.kind == "post":
            post, employer, years = (part.strip() for part in block.text.split("|"))
            paragraph = document.add_paragraph()
            _run(paragraph, f"{post}, {employer}", bold=True)
            _run(paragraph, f"\t{years}", colour=GREY)
        else:
            document.add_paragraph(block.text, style="List Bullet" if block.kind == "item" else None)


def _as_table(document: Any, section: Any) -> None:
    """Posts as rows, the years in the first column; other sections as lists."""
    if not any(block.kind == "post" for block in section.blocks):
        _as_list(document, section)
        return
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    cell = None
    for block in section.blocks:
        if block.kind == "post":
            post, employer, years = (part.strip() for part in block.text.split("|"))
            row = table.add_row().cells
            row[0].width, row[1].width = Cm(3.2), Cm(13.4)
            _run(row[0].paragraphs[0], years, colour=GREY)
            cell = row[1]
            _run(cell.paragraphs[0], f"{post}, {employer}", bold=True)
        elif cell is not None:
            cell.add_paragraph(block.text, style="List Bullet" if block.kind == "item" else None)


def _run(paragraph: Any, text: str, *, size: float | None = None, bold: bool = False, colour: Any = None) -> None:
    run = paragraph.add_run(text)
    run.bold = bold
    if size:
        run.font.size = Pt(size)
    if colour is not None:
        run.font.color.rgb = colour


def _save(document: Any, path: Path) -> None:
    """Saves with fixed times on the parts, so that the same source gives the same bytes."""
    held = io.BytesIO()
    document.save(held)
    with zipfile.ZipFile(held) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, made.read(name))
