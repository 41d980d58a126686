"""What is measured on: resumes, the project's own samples where the larger set is not there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from services.embedding.engines.choice import make_engine
from services.embedding.engines.onnx import OnnxEngine
from services.embedding.engines.protocol import Engine, Prepared
from services.embedding.segmentation.cutting import cut
from services.embedding.settings import EmbeddingSettings

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


def endless(count: int) -> list[str]:
    """So many texts: where there are not enough, the same again under another head."""
    held = documents(max(1, count))
    return [f"Number {number}. {held[number % len(held)]}" for number in range(count)]


def cut_up(engine: Engine, text: str) -> Cut:
    """A document's windows and units."""
    found = cut(text, sections=[], hidden=[], tokenize=engine.tokens, max_tokens=engine.max_tokens)
    return Cut([piece.text for piece in found.windows], [piece.text for piece in found.units])


def bench_engine() -> OnnxEngine:
    """The engine that is measured: ONNX Runtime, with OMP_NUM_THREADS threads or as many as there are cores."""
    # What is not asked of an engine is not there.
    engine = make_engine(
        EmbeddingSettings(kafka_bootstrap="nobody:1", matching_urls="http://nobody", embedding_engine="onnx")
    )
    assert isinstance(engine, OnnxEngine)
    return engine


def prepared_texts(engine: Engine, count: int) -> list[Prepared]:
    """What the pipeline would compute of `documents(count)`, each text once, in arrival order."""
    cuts = [cut_up(engine, text) for text in documents(count)]
    return engine.prepare(list(dict.fromkeys(text for each in cuts for text in [*each.windows, *each.units])))


def short_documents(engine: Engine, count: int) -> list[str]:
    """At most `count` distinct sentences and list items of resumes, each a document of its own."""
    units = (unit for text in documents(count) for unit in cut_up(engine, text).units[:4])
    return list(dict.fromkeys(units))[:count]
