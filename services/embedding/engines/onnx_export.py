"""Making the ONNX file of a model: the whole way from tokens to a vector of unit length, once, in a child process.

`python -m services.embedding.engines.onnx_export FOLDER NAME TARGET` writes TARGET/model.onnx and TARGET/engine.json,
after it has checked that the file computes what the model computes. Imports PyTorch, which the serving
process of the ONNX engine never does.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from services.embedding.engines.onnx_engine import ENGINE_FILE, MODEL_FILE, Facts, OnnxEngine
from services.embedding.engines.torch_engine import TorchEngine

OPSET = 17
# The file is refused where a vector differs more than this from the model's own.
LEAST_COSINE = 0.9999
# ... or where it depends on the texts beside it in the batch.
LEAST_COSINE_ALONE = 0.99999
_WORDS = "nurse five years of intensive care java kafka welding (TIG) accounts, 3.5 tons; licence B Zürich 护士".split()


class ExportRefused(Exception):
    """The ONNX file would not compute what the model computes."""


def export(folder: Path, name: str, target: Path) -> None:
    """Writes the ONNX file and its facts to `target`, whole or not at all. Raises ExportRefused. Blocks for seconds."""
    engine = TorchEngine(folder, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=".onnx-"))
    try:
        _write_model(engine, made / MODEL_FILE)
        shutil.copy(folder / "tokenizer.json", made / "tokenizer.json")
        (made / ENGINE_FILE).write_bytes(msgspec.json.encode(_facts(engine)))
        _check(engine, OnnxEngine(made))
        if target.exists():
            shutil.rmtree(target)
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _write_model(engine: TorchEngine, path: Path) -> None:
    import torch

    class Whole(torch.nn.Module):
        """All modules of the sentence model in a row, then unit length."""

        def __init__(self, modules: Any) -> None:
            super().__init__()
            self.stages = modules

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for stage in self.stages:
                features = stage(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    model = engine.sentence_model.eval()
    # The fused attention has no ONNX form in this exporter.
    model[0].auto_model.config._attn_implementation = "eager"
    dynamic = {0: "texts", 1: "tokens"}
    ids = torch.randint(5, 30, (2, 12))
    with torch.no_grad():
        torch.onnx.export(
            Whole(model),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes={"input_ids": dynamic, "attention_mask": dynamic, "vectors": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )


def _facts(engine: TorchEngine) -> Facts:
    tokenizer = engine.sentence_model.tokenizer
    return Facts(
        model=engine.model,
        space=engine.space,
        dimension=engine.dimension,
        max_tokens=engine.max_tokens,
        pad_id=int(tokenizer.pad_token_id or 0),
        query_prompt=engine.prompt(query=True) or "",
        passage_prompt=engine.prompt(query=False) or "",
    )


def _check(engine: TorchEngine, candidate: OnnxEngine) -> None:
    random = np.random.default_rng(0)
    texts = [_shortened(" ".join(random.choice(_WORDS, size)), engine) for size in random.integers(1, 60, 100)]
    wanted, found = engine.embed(texts), candidate.embed(texts)
    worst = float((wanted * found).sum(axis=1).min())
    if worst < LEAST_COSINE:
        raise ExportRefused(f"the ONNX file's vectors differ from the model's (cosine {worst:.6f})")
    alone = np.concatenate([candidate.embed([text]) for text in texts[:20]])
    worst = float((alone * found[:20]).sum(axis=1).min())
    if worst < LEAST_COSINE_ALONE:
        raise ExportRefused(f"a text's vector depends on the texts beside it (cosine {worst:.7f})")


def _shortened(text: str, engine: TorchEngine) -> str:
    """The text, well below the model's limit: OnnxEngine cuts nothing off."""
    spans = engine.token_spans(text)
    return text if len(spans) <= engine.max_tokens else text[: spans[engine.max_tokens // 2][0]]


def main(arguments: list[str]) -> int:
    """Exports; prints a sentence on standard error where it is refused. Returns the exit code."""
    folder, name, target = arguments
    os.environ["OMP_NUM_THREADS"] = str(os.cpu_count() or 1)
    try:
        export(Path(folder), name, Path(target))
    except ExportRefused as refusal:
        print(refusal, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
