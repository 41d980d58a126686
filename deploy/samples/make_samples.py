"""Makes the sample resumes in resumes/ (PDF and DOCX) from their sources in sources/.

Run `.venv/bin/python deploy/samples/make_samples.py` after changing a source; the same sources give the same files,
byte for byte, with the same versions of PyMuPDF and python-docx. Everybody in them is invented.

A source begins with `@format pdf|docx` and `@layout NAME`; then `# name`, two lines under it (trade, contact),
`## section`, `### post | employer | years`, `- list item`, and plain lines.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


@dataclass
class Block:
    """A line of a section: `kind` is text, item or post (then `text` is `post | employer | years`)."""

    kind: str
    text: str


@dataclass
class Section:
    title: str
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Resume:
    format: str
    layout: str
    name: str
    trade: str
    contact: str
    sections: list[Section]


def read(path: Path) -> Resume:
    """The resume in a source file."""
    lines = [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    marks = dict(line[1:].split(" ", 1) for line in lines if line.startswith("@"))
    body = [line for line in lines if not line.startswith("@")]
    sections: list[Section] = []
    for line in body[3:]:
        if line.startswith("## "):
            sections.append(Section(line[3:]))
        elif line.startswith("### "):
            sections[-1].blocks.append(Block("post", line[4:]))
        elif line.startswith("- "):
            sections[-1].blocks.append(Block("item", line[2:]))
        else:
            sections[-1].blocks.append(Block("text", line))
    return Resume(marks["format"], marks["layout"], body[0][2:], body[1], body[2], sections)


def main() -> None:
    from docx_layouts import write_docx
    from pdf_layouts import write_pdf

    target = HERE / "resumes"
    target.mkdir(exist_ok=True)
    for source in sorted((HERE / "sources").glob("*.txt")):
        resume = read(source)
        path = target / f"{source.stem}.{resume.format}"
        (write_pdf if resume.format == "pdf" else write_docx)(resume, path)
        print(f"{path.relative_to(HERE)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
