"""What all peers are given: the model with an ONNX file of its token vectors, and the texts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from services.embedding.engines.protocol import Engine
from services.embedding.engines.torch import TorchEngine
from services.embedding.location.model_location import locate
from tests.bench.texts import cut_up, documents
from tests.bench.token_model import write_token_model

EQUAL, MIXED = 48, 256


def fill(folder: Path, engine: Engine) -> None:
    """Writes `model/` and `texts.json`."""
    source = locate("all-MiniLM-L6-v2", download_seconds=1.0)
    shutil.copytree(source, folder / "model")
    write_token_model(TorchEngine(source, "all-MiniLM-L6-v2"), folder / "model" / "model.onnx")
    (folder / "texts.json").write_text(json.dumps(_texts(engine)), encoding="utf-8")


def _texts(engine: Engine) -> dict[str, list[str]]:
    """Texts of exactly the longest length, and windows and units as they come."""
    held = documents(64)
    long = [text for text in held if len(engine.token_spans(text)) >= engine.max_tokens]
    equal = [text[: engine.token_spans(text)[engine.max_tokens - 1][1]] for text in long][:EQUAL]
    cuts = (cut_up(engine, text) for text in held)
    mixed = [text for cut in cuts for text in [*cut.windows, *cut.units]][:MIXED]
    return {"equal": equal, "mixed": mixed}
