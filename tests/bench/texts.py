"""What is measured on: resumes, the project's own samples where the larger set is not there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from services.embedding.engines.protocol import Engine
from services.embedding.segmentation.cutting import cut

ROOT = Path(__file__).parents[2]
RESUMES = ROOT.parent / "shared" / "data" / "resumes" / "resumes.jsonl"
SOURCES = sorted((ROOT / "deploy" / "samples" / "sources").glob("*.txt"))


@dataclass(frozen=True, slots=True)
class Cut:
    """The texts of a document for the model."""

    windows: list[str]
    units: list[str]


def documents(count: int) -> list[str]:
    """The texts of at most `count` documents."""
    if RESUMES.is_file():
        lines = RESUMES.read_text(encoding="utf-8").splitlines()
        # From the whole file: it is sorted by occupation.
        return [json.loads(line)["text"] for line in lines[:: max(1, len(lines) // count)][:count]]
    return [path.read_text(encoding="utf-8") for path in SOURCES][:count]


def cut_up(engine: Engine, text: str) -> Cut:
    """A document's windows and units."""
    found = cut(text, sections=[], hidden=[], token_spans=engine.token_spans, max_tokens=engine.max_tokens)
    return Cut([piece.text for piece in found.windows], [piece.text for piece in found.units])
