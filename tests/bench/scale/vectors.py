"""Vectors of real texts by the real model: each distinct text once, kept under build/."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from services.embedding.engines.batches import plan_batches
from services.embedding.engines.protocol import Engine, Prepared
from tests.bench.scale.data import CACHE

Vectors = npt.NDArray[np.float32]
# Tokens computed together, padding included.
_BUDGET = 4_096
_DIGEST = 16
# So many texts are computed before what is there is written down.
_KEPT_EVERY = 10_000


class VectorStore:
    """float32 vectors of texts in one space, in a file under build/."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._path = CACHE / f"vectors-{engine.space}.npz"
        self._rows: dict[bytes, int] = {}
        self._vectors: Vectors = np.zeros((0, engine.dimension), dtype=np.float32)
        if self._path.exists():
            kept = np.load(self._path)
            self._vectors = kept["vectors"]
            digests = kept["digests"].tobytes()
            self._rows = {digests[at : at + _DIGEST]: at // _DIGEST for at in range(0, len(digests), _DIGEST)}

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """The vectors of texts, shape (n, dimension); unknown ones are computed. Blocks, for minutes at first."""
        digests = [_digest(text, query) for text in texts]
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in self._rows}
        waiting = list(missing.items())
        started = time.monotonic()
        for first in range(0, len(waiting), _KEPT_EVERY):
            part = waiting[first : first + _KEPT_EVERY]
            self._add([digest for digest, _ in part], self._computed([text for _, text in part], query=query))
            print(
                f"embedded {first + len(part)} of {len(waiting)} texts, {time.monotonic() - started:.0f} s", flush=True
            )
        return self._vectors[[self._rows[digest] for digest in digests]]

    def _computed(self, texts: Sequence[str], *, query: bool) -> Vectors:
        prepared = self._engine.prepare(texts, query=query)
        batches = plan_batches([each.length for each in prepared], _BUDGET)

        def run(batch: list[int]) -> Vectors:
            chosen: list[Prepared] = [prepared[index] for index in batch]
            return self._engine.run(chosen)

        found = np.empty((len(texts), self._engine.dimension), dtype=np.float32)
        with ThreadPoolExecutor(max(1, self._engine.streams)) as pool:
            for batch, vectors in zip(batches, pool.map(run, batches), strict=True):
                found[batch] = vectors
        return found

    def _add(self, digests: Sequence[bytes], vectors: Vectors) -> None:
        for digest in digests:
            self._rows[digest] = len(self._rows)
        self._vectors = np.concatenate([self._vectors, vectors])
        CACHE.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name(f"part-{self._path.name}")
        np.savez(part, vectors=self._vectors, digests=np.frombuffer(b"".join(self._rows), dtype=np.uint8))
        part.rename(self._path)


def _digest(text: str, query: bool) -> bytes:
    return hashlib.blake2b(f"{int(query)}{text}".encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()
