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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from libs.resilience.parent_death import end_with_parent
from services.embedding.engines.batches import plan_batches
from services.embedding.engines.onnx import ENGINE_FILE, MODEL_FILE, Facts, OnnxEngine
from services.embedding.engines.protocol import Engine, Vectors
from services.embedding.engines.torch import TorchEngine

OPSET = 17
# The file is refused where a vector differs more than this from the model's own.
LEAST_COSINE = 0.9999
# ... or where it depends on the texts beside it in the batch.
LEAST_COSINE_ALONE = 0.99999
_BESIDE = 64
_BATCH_TOKENS = 1_000
_WORDS = "nurse five years of intensive care java kafka welding (TIG) accounts, 3.5 tons; licence B Zürich 护士".split()


class ExportRefused(Exception):
    """The ONNX file would not compute what the model computes."""


def export(folder: Path, name: str, target: Path) -> None:
    """Writes the ONNX file and its facts to `target`, whole or not at all. Raises ExportRefused. Blocks for seconds."""
    engine = TorchEngine(folder, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=".onnx-"))
    try:
        _write_model(engine, made / "plain.onnx")
        _write_optimized(made / "plain.onnx", made / MODEL_FILE)
        # As the model's own library made it: a folder may hold a vocabulary alone.
        (made / "tokenizer.json").write_text(engine.tokenizer.to_str(), encoding="utf-8")
        (made / ENGINE_FILE).write_bytes(msgspec.json.encode(_facts(engine)))
        check(engine, OnnxEngine(made))
        _put_in_place(made, target)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _put_in_place(made: Path, target: Path) -> None:
    """One renaming. What is there already and whole stays: its name says that it is the same."""
    try:
        made.rename(target)
    except OSError:
        if (target / ENGINE_FILE).exists():
            return
        broken = Path(tempfile.mkdtemp(dir=target.parent, prefix=".onnx-broken-"))
        target.rename(broken / "found")
        made.rename(target)
        shutil.rmtree(broken, ignore_errors=True)


def _write_model(engine: TorchEngine, path: Path) -> None:
    import torch

    class Whole(torch.nn.Module):
        """All modules of the sentence model in a row, then unit length. `pooled` marks the tokens that are pooled."""

        def __init__(self, modules: Any) -> None:
            super().__init__()
            self.stages = modules

        def forward(self, input_ids: Any, attention_mask: Any, pooled: Any = None) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for stage in self.stages:
                features = stage(features)
                if pooled is not None:
                    features["attention_mask"] = pooled
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    model = engine.sentence_model.cpu().eval()
    # The fused attention has no ONNX form in this exporter; the model's own stays as it was for the check.
    config = model[0].auto_model.config
    usual, config._attn_implementation = config._attn_implementation, "eager"
    dynamic = {0: "texts", 1: "tokens"}
    ids = torch.randint(5, 30, (2, 12))
    names = ["input_ids", "attention_mask"]
    if any(engine.skipped_tokens(query=query) for query in (True, False)):
        names.append("pooled")
    with torch.no_grad():
        torch.onnx.export(
            Whole(model).eval(),
            (ids, *[torch.ones_like(ids) for _ in names[1:]]),
            str(path),
            input_names=names,
            output_names=["vectors"],
            dynamic_axes={**dict.fromkeys(names, dynamic), "vectors": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )
    config._attn_implementation = usual


def _write_optimized(plain: Path, path: Path) -> None:
    """Fuses what can be fused once, not at each start. Removes `plain`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Not the highest level, whose result belongs to this machine's kind of processor.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    onnxruntime.InferenceSession(str(plain), options, providers=["CPUExecutionProvider"])
    plain.unlink()


def _facts(engine: TorchEngine) -> Facts:
    return Facts(
        model=engine.model,
        space=engine.space,
        dimension=engine.dimension,
        max_tokens=engine.max_tokens,
        pad_id=engine.pad_id,
        query_prompt=engine.prompt(query=True),
        passage_prompt=engine.prompt(query=False),
        query_skipped=engine.skipped_tokens(query=True),
        passage_skipped=engine.skipped_tokens(query=False),
    )


def check(engine: TorchEngine, candidate: OnnxEngine) -> None:
    """Holds a candidate against the model: queries and passages, from one word to the longest text.

    Raises ExportRefused.
    """
    texts = sample_texts(engine)
    for query in (False, True) if engine.tells_queries_apart else (False,):
        wanted, found = _in_batches(engine, texts, query=query), _in_batches(candidate, texts, query=query)
        if (worst := float((wanted * found).sum(axis=1).min())) < LEAST_COSINE:
            raise ExportRefused(f"the ONNX file's vectors differ from the model's (cosine {worst:.6f})")
        beside = texts[-_BESIDE:]
        check_alone(candidate, beside, candidate.embed(beside, query=query), query=query)


def _in_batches(engine: Engine, texts: Sequence[str], *, query: bool) -> Vectors:
    """With little padding: a large model takes minutes for a hundred texts as long as the longest."""
    prepared = engine.prepare(texts, query=query)
    vectors = np.empty((len(texts), engine.dimension), dtype=np.float32)
    for batch in plan_batches([each.length for each in prepared], _BATCH_TOKENS):
        vectors[batch] = engine.run([prepared[index] for index in batch])
    return vectors


def check_alone(engine: Engine, texts: Sequence[str], together: Vectors, *, query: bool) -> None:
    """Raises ExportRefused where a vector depends on the texts beside it in the batch."""
    some = range(0, len(texts), 5)
    alone = np.concatenate([engine.embed([texts[index]], query=query) for index in some])
    if (worst := float((alone * together[list(some)]).sum(axis=1).min())) < LEAST_COSINE_ALONE:
        raise ExportRefused(f"a text's vector depends on the texts beside it (cosine {worst:.7f})")


def sample_texts(engine: Engine) -> list[str]:
    """100 texts of all lengths up to the model's limit, the longest last."""
    random = np.random.default_rng(0)
    sizes = [*random.integers(1, 60, 92), *[2 * engine.max_tokens] * 8]
    return [_shortened(" ".join(random.choice(_WORDS, size)), engine) for size in sizes]


def _shortened(text: str, engine: Engine) -> str:
    """As much of the text as the model takes."""
    while len(spans := engine.token_spans(text)) > engine.max_tokens:
        text = text[: spans[engine.max_tokens][0]].rstrip()
    return text


def main(arguments: list[str]) -> int:
    """Exports; prints a sentence on standard error where it is refused. Returns the exit code."""
    folder, name, target = arguments
    end_with_parent()
    os.environ["OMP_NUM_THREADS"] = str(os.cpu_count() or 1)
    try:
        export(Path(folder), name, Path(target))
    except ExportRefused as refusal:
        print(refusal, file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
