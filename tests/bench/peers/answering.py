"""What every peer's process does: it reads the texts, computes them whenever it is told to, and says how long it took.

Runs in the peer's own environment, so it imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
THREADS = 2
# The longest text, special tokens included, whatever tokenizer.json says.
MAX_TOKENS = 256


def answer(embed: Callable[[list[str]], np.ndarray]) -> None:
    """Says `ready`; then answers each line, `equal` or `mixed`, with seconds and leaves the vectors in FOLDER."""
    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    embed(texts["mixed"][:8])
    print("ready", flush=True)
    for line in sys.stdin:
        started = time.perf_counter()
        vectors = embed(texts[line.strip()])
        seconds = time.perf_counter() - started
        np.save(FOLDER / "vectors.npy", np.asarray(vectors, dtype=np.float32))
        print(seconds, flush=True)
