"""The engine on PyTorch, through sentence-transformers: pooling, normalization and prompts as the model says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.embedding.engines.protocol import Vectors
from services.embedding.space import files_hash, space_of

# Special tokens around a text: [CLS] and [SEP].
_SPECIALS = 2


class TorchEngine:
    """A sentence-transformers model from a local folder, on the CPU or where PyTorch finds a GPU."""

    def __init__(self, folder: Path, model: str) -> None:
        # The folder is complete; nothing may be asked of a hub.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import torch
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer

        threads = os.environ.get("OMP_NUM_THREADS")
        if threads:
            torch.set_num_threads(int(threads))
        self.model = model
        self.sentence_model: Any = SentenceTransformer(str(folder), local_files_only=True)
        self._prompts: dict[str, str | None] = dict(self.sentence_model.prompts or {})
        # A copy of its own: the model's is used by another thread, and truncates.
        self._tokenizer: Any = Tokenizer.from_str(self.sentence_model.tokenizer.backend_tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        limit = int(self.sentence_model.max_seq_length or 256)
        self.max_tokens = limit - _SPECIALS - self._longest_prompt()
        self.dimension = int(self.sentence_model.get_embedding_dimension() or 0)
        self.space = space_of(
            {
                "weights": files_hash(_weights(folder)),
                "precision": "float32",
                "max_length": limit,
                "modules": [type(module).__name__ for module in self.sentence_model],
                "pooling": _pooling(self.sentence_model),
                "prompts": self._prompts,
                "normalized": True,
            }
        )

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return [(start, end) for start, end in encoded.offsets if end > start]

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        vectors = self.sentence_model.encode(
            list(texts),
            prompt=self.prompt(query=query),
            batch_size=len(texts),
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    def prompt(self, *, query: bool) -> str | None:
        """What the model wants in front of a query or a passage."""
        names = ("query",) if query else ("passage", "document")
        return next((self._prompts[name] for name in names if self._prompts.get(name)), None)

    def _longest_prompt(self) -> int:
        return max((len(self.token_spans(prompt)) for prompt in self._prompts.values() if prompt), default=0)


def _weights(folder: Path) -> list[Path]:
    """The files that decide what the model computes."""
    weights = [path for path in folder.rglob("*") if path.suffix in (".safetensors", ".bin")]
    return weights + [path for path in folder.rglob("*.json") if path.name in ("config.json", "tokenizer.json")]


def _pooling(model: Any) -> dict[str, Any]:
    for module in model:
        config = getattr(module, "get_config_dict", None)
        if type(module).__name__ == "Pooling" and config is not None:
            return {key: value for key, value in config().items() if isinstance(value, bool | int | str)}
    return {}
