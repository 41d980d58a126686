"""A model's transformer alone as an ONNX file: from token ids to a vector for each token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.embedding.engines.torch import TorchEngine


def write_token_model(engine: TorchEngine, path: Path) -> None:
    """Inputs `input_ids` and `attention_mask`, output `last_hidden_state`. Blocks for seconds."""
    import torch

    class Tokens(torch.nn.Module):
        def __init__(self, transformer: Any) -> None:
            super().__init__()
            self.transformer = transformer

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.transformer({"input_ids": input_ids, "attention_mask": attention_mask})["token_embeddings"]

    transformer = engine.sentence_model[0].cpu().eval()
    transformer.auto_model.config._attn_implementation = "eager"
    names = ["input_ids", "attention_mask"]
    ids = torch.randint(5, 30, (2, 12))
    with torch.no_grad():
        torch.onnx.export(
            Tokens(transformer).eval(),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=names,
            output_names=["last_hidden_state"],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in [*names, "last_hidden_state"]},
            opset_version=17,
            dynamo=False,
        )
