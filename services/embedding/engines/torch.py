"""The engine on PyTorch, through sentence-transformers: pooling, normalization and prompts as the model says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from services.embedding.engines.protocol import Prepared, Vectors, padded
from services.embedding.engines.space import files_hash, space_of
from services.embedding.engines.text_tokenizer import TextTokenizer
from services.embedding.engines.tokens import TokenIds, Tokens


class TorchEngine:
    """A sentence-transformers model from a local folder, on the CPU or where PyTorch finds a GPU.

    `threads`: of a call; None for as many as PyTorch takes by itself.
    """

    # PyTorch divides each call among its threads itself.
    streams = 1
    query_streams = 0

    def __init__(self, folder: Path, model: str, *, threads: int | None = None) -> None:
        # The folder is complete; nothing may be asked of a hub.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        import torch
        from sentence_transformers import SentenceTransformer
        from tokenizers import Tokenizer

        if threads is not None:
            torch.set_num_threads(threads)
        self.model = model
        self.sentence_model: Any = SentenceTransformer(str(folder), local_files_only=True).eval()
        self._prompts: dict[str, str | None] = dict(self.sentence_model.prompts or {})
        # A copy of its own: the model's truncates.
        self.tokenizer: Any = Tokenizer.from_str(self.sentence_model.tokenizer.backend_tokenizer.to_str())
        self._texts = TextTokenizer(
            self.tokenizer, query_prompt=self.prompt(query=True), passage_prompt=self.prompt(query=False)
        )
        limit = self._limit()
        prompt_tokens = max(len(self.token_spans(self.prompt(query=query))) for query in (True, False))
        self.max_tokens = limit - self.tokenizer.num_special_tokens_to_add(False) - prompt_tokens
        self.pad_id = int(self.sentence_model.tokenizer.pad_token_id or 0)
        self.dimension = int(self.sentence_model.get_embedding_dimension() or 0)
        self.space = space_of(
            {
                "weights": files_hash(_weights(folder)),
                "precision": "float32",
                "max_length": limit,
                "modules": [type(module).__name__ for module in self.sentence_model],
                "pooling": _pooling(self.sentence_model),
                "prompts": [self.prompt(query=query) for query in (True, False)],
                "normalized": True,
            }
        )

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """As `Engine` says."""
        return self._texts.token_spans(text)

    def tokens(self, text: str) -> Tokens:
        """As `Engine` says."""
        return self._texts.tokens(text)

    def prepare(
        self, texts: Sequence[str], *, query: bool = False, known: Sequence[TokenIds | None] | None = None
    ) -> list[Prepared]:
        """As `Engine` says."""
        return self._texts.prepare(texts, query=query, known=known)

    def run(self, prepared: Sequence[Prepared]) -> Vectors:
        """As `Engine` says."""
        import torch

        ids, attention = padded(prepared, self.pad_id)
        device = self.sentence_model.device
        features: dict[str, Any] = {
            "input_ids": torch.from_numpy(ids).to(device),
            "attention_mask": torch.from_numpy(attention).to(device),
        }
        if skipped := self.skipped_tokens(query=prepared[0].query):
            features["prompt_length"] = skipped
        with torch.inference_mode():
            vectors = self.sentence_model(features)["sentence_embedding"]
            return np.asarray(torch.nn.functional.normalize(vectors, dim=1).cpu().numpy(), dtype=np.float32)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """As `Engine` says."""
        return self.run(self.prepare(texts, query=query))

    def prompt(self, *, query: bool) -> str:
        """What the model wants in front of a query or a passage, as its `encode_query` and `encode_document` choose."""
        names = ("query",) if query else ("document", "passage", "corpus")
        known = [name for name in names if self._prompts.get(name)]
        if not known and (default := self.sentence_model.default_prompt_name):
            known = [default]
        return (self._prompts.get(known[0]) or "") if known else ""

    @property
    def tells_queries_apart(self) -> bool:
        """Whether a query's vector is another than that of a passage of the same words."""
        return self.prompt(query=True) != self.prompt(query=False)

    def skipped_tokens(self, *, query: bool) -> int:
        """How many of the first tokens the model's pooling leaves out: the prompt's, where it says so."""
        prompt = self.prompt(query=query)
        if not prompt or _pooling(self.sentence_model).get("include_prompt", True):
            return 0
        # Not the special token behind it, which belongs to the text.
        marks = list(self.tokenizer.encode(prompt).special_tokens_mask)
        return len(marks) - int(marks[-1])

    def _limit(self) -> int:
        """The model's longest text, special tokens and prompt included."""
        tokenizer, config = self.sentence_model.tokenizer, self.sentence_model[0].auto_model.config
        stated = (self.sentence_model.max_seq_length, tokenizer.model_max_length)
        known = [int(each) for each in (*stated, getattr(config, "max_position_embeddings", None)) if each]
        return min(known)


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
