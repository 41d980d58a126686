"""fastembed with its own defaults, but the model's own maximum length instead of tokenizer.json's."""

from __future__ import annotations

import numpy as np
from answering import FOLDER, MAX_TOKENS, THREADS, answer
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType

NAME = "local/model"


def main() -> None:
    TextEmbedding.add_custom_model(
        model=NAME,
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(hf=NAME),
        dim=384,
        model_file="model.onnx",
    )
    model = TextEmbedding(NAME, specific_model_path=str(FOLDER / "model"), threads=THREADS)
    model.model.tokenizer.enable_truncation(MAX_TOKENS)
    answer(lambda texts: np.stack(list(model.embed(texts))))


if __name__ == "__main__":
    main()
