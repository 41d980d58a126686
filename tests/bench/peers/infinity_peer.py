"""infinity's own batching on PyTorch, with its defaults; its ONNX form wants a library that pulls old versions."""

from __future__ import annotations

import asyncio

import numpy as np
import torch
from answering import FOLDER, THREADS, answer
from infinity_emb import AsyncEmbeddingEngine, EngineArgs


def main() -> None:
    torch.set_num_threads(THREADS)
    engine = AsyncEmbeddingEngine.from_args(
        EngineArgs(
            model_name_or_path=str(FOLDER / "model"),
            engine="torch",
            device="cpu",
            dtype="float32",
            bettertransformer=False,
            model_warmup=False,
        )
    )
    with asyncio.Runner() as runner:
        runner.run(engine.astart())

        def embed(texts: list[str]) -> np.ndarray:
            vectors, _ = runner.run(engine.embed(texts))
            return np.stack(vectors)

        try:
            answer(embed)
        finally:
            # Its threads would keep the process alive.
            runner.run(engine.astop())


if __name__ == "__main__":
    main()
