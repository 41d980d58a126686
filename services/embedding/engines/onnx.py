"""The engine on ONNX Runtime: the same vectors as PyTorch's in half the time and a third of the memory."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from libs.running.cannot_start import CannotStart
from services.embedding.engines.cores import usable_cores
from services.embedding.engines.protocol import Prepared, Vectors, padded
from services.embedding.engines.space import TEXT_PREPARATION_VERSION, files_hash
from services.embedding.engines.text_tokenizer import TextTokenizer
from services.embedding.engines.tokens import TokenIds, Tokens

MODEL_FILE = "model.onnx"
ENGINE_FILE = "engine.json"
# Of a model five times as large as the default one, on two busy cores: three minutes.
EXPORT_SECONDS = 900.0
# Raise it with every change of what is stored, or of how it is made.
STORE_VERSION = 2


class Facts(msgspec.Struct, frozen=True):
    """What the serving process must know of a model, written beside its ONNX file."""

    model: str
    space: str
    dimension: int
    max_tokens: int
    pad_id: int
    query_prompt: str
    passage_prompt: str
    query_skipped: int = 0
    """First tokens that the model's pooling leaves out: the prompt's, for a few models."""
    passage_skipped: int = 0


class OnnxFailed(CannotStart):
    """The ONNX file could not be made; the message says why."""


class OnnxEngine:
    """A folder that `onnx_export` wrote. Its process never imports PyTorch. `threads`: None for a thread a core."""

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.folder = folder
        self._facts = msgspec.json.decode((folder / ENGINE_FILE).read_bytes(), type=Facts)
        self.model = self._facts.model
        self.space = self._facts.space
        self.dimension = self._facts.dimension
        self.max_tokens = self._facts.max_tokens
        self._tokenizer = TextTokenizer(
            Tokenizer.from_file(str(folder / "tokenizer.json")),
            query_prompt=self._facts.query_prompt,
            passage_prompt=self._facts.passage_prompt,
        )
        options = onnxruntime.SessionOptions()
        # A core for each call, and several calls: cores that share one call wait for each other at each of its steps,
        # and for whatever else the machine does with one of them.
        options.intra_op_num_threads = 1
        self.streams = threads or usable_cores()
        # A query is done in milliseconds, a batch of documents in a tenth of a second.
        self.query_streams = 1
        # Without the arena every batch's memory is asked of the system anew: 5 % slower, and fragments stay behind.
        options.enable_cpu_mem_arena = True
        # Batches have any shape: memory planned for each of them would be kept for each of them.
        options.enable_mem_pattern = False
        # The file holds the optimized graph.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._skips = bool(self._facts.query_skipped or self._facts.passage_skipped)
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """As `Engine` says."""
        return self._tokenizer.token_spans(text)

    def tokens(self, text: str) -> Tokens:
        """As `Engine` says."""
        return self._tokenizer.tokens(text)

    def prepare(
        self, texts: Sequence[str], *, query: bool = False, known: Sequence[TokenIds | None] | None = None
    ) -> list[Prepared]:
        """As `Engine` says."""
        return self._tokenizer.prepare(texts, query=query, known=known)

    def run(self, prepared: Sequence[Prepared]) -> Vectors:
        """As `Engine` says."""
        ids, attention = padded(prepared, self._facts.pad_id)
        inputs = {"input_ids": ids, "attention_mask": attention}
        if self._skips:
            pooled = attention.copy()
            pooled[:, : self._facts.query_skipped if prepared[0].query else self._facts.passage_skipped] = 0
            inputs["pooled"] = pooled
        (vectors,) = self._session.run(None, inputs)
        return np.asarray(vectors, dtype=np.float32)

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """As `Engine` says."""
        return self.run(self.prepare(texts, query=query))


def facts_of(folder: Path) -> Facts | None:
    """What `folder` itself holds, as `make_onnx_file` left it; None where it holds no ONNX file."""
    path = folder / ENGINE_FILE
    return msgspec.json.decode(path.read_bytes(), type=Facts) if path.is_file() else None


def onnx_engine(folder: Path, name: str, store: Path, *, threads: int | None = None) -> OnnxEngine:
    """The engine of a model folder; its ONNX file is made in a child process where `store` has none yet.

    Blocks the first time, for seconds or, with a large model, minutes. Raises OnnxFailed.
    """
    target = store / _name_of(folder, store)
    if not (target / ENGINE_FILE).exists():
        make_onnx_file(folder, name, target)
    return OnnxEngine(target, threads=threads)


def _name_of(folder: Path, store: Path) -> str:
    """A name that holds the hash of the model's files; it is noted by their sizes and times, as hashing takes long."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".safetensors", ".bin", ".json", ".txt"))
    stats = [(str(path.absolute()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    note = (
        store
        / "known"
        / hashlib.sha256(repr((STORE_VERSION, TEXT_PREPARATION_VERSION, stats)).encode()).hexdigest()[:32]
    )
    if note.is_file():
        return note.read_text(encoding="utf-8")
    name = f"v{STORE_VERSION}-{TEXT_PREPARATION_VERSION}-{files_hash(files)[:32]}"
    note.parent.mkdir(parents=True, exist_ok=True)
    written = note.with_name(f"{note.name}.{os.getpid()}")
    written.write_text(name, encoding="utf-8")
    written.replace(note)
    return name


def make_onnx_file(folder: Path, name: str, target: Path) -> None:
    """Makes the ONNX file of a model folder in `target`, and checks it, in a child process with PyTorch.

    Replaces what `target` holds. Blocks for seconds, minutes with a large model. Raises OnnxFailed.
    """
    command = [sys.executable, "-m", "services.embedding.engines.onnx_export", str(folder), name, str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=EXPORT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise OnnxFailed(f"making the ONNX file of {name} took longer than {EXPORT_SECONDS:.0f} s") from None
    if done.returncode != 0 and not (target / ENGINE_FILE).exists():
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise OnnxFailed(f"the ONNX file of {name} could not be made: {said}")
