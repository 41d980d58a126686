"""Plain ONNX Runtime: tokenizers, batches of 32 in arrival order padded to their longest, mean pooling by numpy."""

from __future__ import annotations

import numpy as np
import onnxruntime
from answering import FOLDER, MAX_TOKENS, THREADS, answer
from tokenizers import Tokenizer

BATCH = 32


def main() -> None:
    tokenizer = Tokenizer.from_file(str(FOLDER / "model" / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(
        str(FOLDER / "model" / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )

    def embed(texts: list[str]) -> np.ndarray:
        found = []
        for first in range(0, len(texts), BATCH):
            encoded = tokenizer.encode_batch(texts[first : first + BATCH])
            mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
            ids = np.array([each.ids for each in encoded], dtype=np.int64)
            (tokens,) = session.run(None, {"input_ids": ids, "attention_mask": mask})
            weights = mask[:, :, None].astype(np.float32)
            mean = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
            found.append(mean / np.linalg.norm(mean, axis=1, keepdims=True))
        return np.concatenate(found)

    answer(embed)


if __name__ == "__main__":
    main()
