"""The engine on ONNX Runtime: the same vectors as PyTorch's in half the time and a third of the memory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from services.embedding.engines.protocol import Vectors
from services.embedding.space import files_hash

MODEL_FILE = "model.onnx"
ENGINE_FILE = "engine.json"
EXPORT_SECONDS = 300.0


class Facts(msgspec.Struct, frozen=True):
    """What the serving process must know of a model, written beside its ONNX file."""

    model: str
    space: str
    dimension: int
    max_tokens: int
    pad_id: int
    query_prompt: str
    passage_prompt: str


class OnnxFailed(Exception):
    """The ONNX file could not be made; the message says why."""


class OnnxEngine:
    """A folder that `onnx_export` wrote. Its process never imports PyTorch."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._facts = msgspec.json.decode((folder / ENGINE_FILE).read_bytes(), type=Facts)
        self.model = self._facts.model
        self.space = self._facts.space
        self.dimension = self._facts.dimension
        self.max_tokens = self._facts.max_tokens
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # tokenizer.json's own limits are not the model's: texts are cut before they come here.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)
        # The arena keeps the largest batch's memory for ever, and gains nothing here.
        options.enable_cpu_mem_arena = False
        # Threads that spin between calls take the cores from everybody else on the machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return [(start, end) for start, end in encoded.offsets if end > start]

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        prompt = self._facts.query_prompt if query else self._facts.passage_prompt
        tokens = [encoded.ids for encoded in self._tokenizer.encode_batch([prompt + text for text in texts])]
        longest = max(len(ids) for ids in tokens)
        input_ids = np.full((len(texts), longest), self._facts.pad_id, dtype=np.int64)
        attention = np.zeros((len(texts), longest), dtype=np.int64)
        for row, ids in enumerate(tokens):
            input_ids[row, : len(ids)] = ids
            attention[row, : len(ids)] = 1
        (vectors,) = self._session.run(None, {"input_ids": input_ids, "attention_mask": attention})
        return np.asarray(vectors, dtype=np.float32)


def facts_of(folder: Path) -> Facts | None:
    """What `folder` itself holds, as `make_onnx_file` left it; None where it holds no ONNX file."""
    path = folder / ENGINE_FILE
    return msgspec.json.decode(path.read_bytes(), type=Facts) if path.is_file() else None


def onnx_engine(folder: Path, name: str, store: Path) -> OnnxEngine:
    """The engine of a model folder; its ONNX file is made in a child process where `store` has none yet.

    Blocks for about ten seconds the first time. Raises OnnxFailed.
    """
    files = [path for path in folder.rglob("*") if path.suffix in (".safetensors", ".bin", ".json")]
    target = store / f"v1-{files_hash(files)[:32]}"
    if not (target / ENGINE_FILE).exists():
        make_onnx_file(folder, name, target)
    return OnnxEngine(target)


def make_onnx_file(folder: Path, name: str, target: Path) -> None:
    """Makes the ONNX file of a model folder in `target`, and checks it, in a child process with PyTorch.

    Replaces what `target` holds. Blocks for about ten seconds. Raises OnnxFailed.
    """
    command = [sys.executable, "-m", "services.embedding.engines.onnx_export", str(folder), name, str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=EXPORT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise OnnxFailed(f"making the ONNX file of {name} took longer than {EXPORT_SECONDS:.0f} s") from None
    if done.returncode != 0 and not (target / ENGINE_FILE).exists():
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise OnnxFailed(f"the ONNX file of {name} could not be made: {said}")
