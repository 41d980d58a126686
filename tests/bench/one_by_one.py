"""What batching is measured against: one text per call, each call on all cores, as ONNX Runtime does by itself."""

from __future__ import annotations

from collections.abc import Sequence

import onnxruntime

from services.embedding.engines.onnx import MODEL_FILE, OnnxEngine
from services.embedding.engines.protocol import padded
from tests.bench.protocol import seconds_of, threads
from tests.bench.texts import cut_up


class OneByOne:
    """The engine's own file and tokens, without batches and without a pipeline."""

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine = engine
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads()
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(
            str(engine.folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )

    def seconds(self, texts: Sequence[str]) -> float:
        """For these documents, one after another, each cut up as the service does it."""
        return seconds_of(lambda: [self._document(text) for text in texts])

    def _document(self, text: str) -> None:
        cut = cut_up(self._engine, text)
        for piece in dict.fromkeys([*cut.windows, *cut.units]):
            ids, attention = padded(self._engine.prepare([piece]), pad_id=0)
            self._session.run(None, {"input_ids": ids, "attention_mask": attention})
