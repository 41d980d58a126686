"""`make bench`: how fast the engines are against each other, in pairs within one run, into build/bench.json.

Each round runs both engines on the same texts, in turn; the figure is the median of the rounds' ratios,
with its range, since machines are noisy and a ratio within a round is less so.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from services.embedding.batches import plan_batches
from services.embedding.engines.choice import make_engine
from services.embedding.engines.protocol import Engine
from services.embedding.segmentation.cutting import Piece, cut
from services.embedding.settings import EmbeddingSettings

ROUNDS = 7
SOURCES = sorted((Path(__file__).parents[2] / "deploy" / "samples" / "sources").glob("*.txt"))
RESULT = Path("build/bench.json")


def main() -> None:
    engines = {name: _engine(name) for name in ("onnx", "torch")}
    pieces = [_cut(engines["onnx"], path.read_text(encoding="utf-8")) for path in SOURCES]
    kinds = {
        "windows": [piece for windows, _ in pieces for piece in windows],
        "units": [piece for _, units in pieces for piece in units],
    }
    figures: dict[str, object] = {"rounds": ROUNDS}
    for kind, texts in kinds.items():
        rounds = [{name: _seconds(engine, texts) for name, engine in engines.items()} for _ in range(ROUNDS)]
        ratios = sorted(each["torch"] / each["onnx"] for each in rounds)
        figures[f"{kind}: onnx / torch"] = {
            "median": round(statistics.median(ratios), 2),
            "range": [round(ratios[0], 2), round(ratios[-1], 2)],
            "texts": len(texts),
            "onnx_texts_per_second": round(len(texts) / statistics.median(each["onnx"] for each in rounds), 1),
        }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


def _engine(name: str) -> Engine:
    settings = EmbeddingSettings(kafka_bootstrap="nobody:1", matching_urls="http://nobody", embedding_engine=name)
    engine = make_engine(settings)
    engine.embed(["warm up"])
    return engine


def _cut(engine: Engine, text: str) -> tuple[list[Piece], list[Piece]]:
    found = cut(text, sections=[], hidden=[], token_spans=engine.token_spans, max_tokens=engine.max_tokens)
    return found.windows, found.units


def _seconds(engine: Engine, pieces: Sequence[Piece]) -> float:
    started = time.perf_counter()
    for batch in plan_batches([piece.tokens for piece in pieces], 1000):
        engine.embed([pieces[index].text for index in batch])
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
