"""Vectors kept between runs in build/eval-vectors.npz, by space and by the text's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
BATCH = 2_048


class VectorStore:
    """Text to vector in one space. What is not there yet is computed in batches and saved after each,
    so that a run that was stopped goes on where it was."""

    def __init__(self, path: Path, space: str, encode: Callable[[list[str]], Vectors]) -> None:
        self._path = path
        self._space = space
        self._encode = encode
        self._arrays: dict[str, npt.NDArray[np.generic]] = {}
        if path.exists():
            with np.load(path) as file:
                self._arrays = dict(file)
        hashes = self._arrays.get(f"{space}.hashes", np.zeros((0, 32), np.uint8))
        self._hashes = [row.tobytes() for row in hashes]
        self._rows = {key: place for place, key in enumerate(self._hashes)}
        self._vectors = self._arrays.get(f"{space}.vectors")

    def fill(self, texts: Sequence[str], note: Callable[[int, int], None]) -> int:
        """Computes and keeps the vectors of `texts` that are not there; `note(done, all)` after each batch.

        Returns how many were computed.
        """
        missing = [text for text in dict.fromkeys(texts) if _hash(text) not in self._rows]
        missing.sort(key=len)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            self._add(batch, self._encode(batch))
            note(start + len(batch), len(missing))
        return len(missing)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """float32 (n, dimension). Raises KeyError for a text that `fill` has not seen."""
        if self._vectors is None:
            return np.zeros((0, 0), dtype=np.float32)
        rows = [self._rows[_hash(text)] for text in texts]
        return self._vectors[rows].astype(np.float32)

    def _add(self, texts: list[str], vectors: Vectors) -> None:
        for text in texts:
            self._rows[_hash(text)] = len(self._hashes)
            self._hashes.append(_hash(text))
        small = vectors.astype(np.float16)
        self._vectors = small if self._vectors is None else np.concatenate([self._vectors, small])
        self._arrays[f"{self._space}.vectors"] = self._vectors
        self._arrays[f"{self._space}.hashes"] = np.array(
            [np.frombuffer(key, dtype=np.uint8) for key in self._hashes], dtype=np.uint8
        )
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".unfinished.npz")
        np.savez(unfinished, **self._arrays)
        unfinished.replace(self._path)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
