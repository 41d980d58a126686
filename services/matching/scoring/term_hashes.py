"""Terms as numbers: 64 bits where a score depends on them, the lower 32 where they only find candidates."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
ShortHashes = npt.NDArray[np.uint32]


@lru_cache(maxsize=262_144)
def term_hash(term: str) -> int:
    """The first 64 bits of the term's BLAKE2b, little-endian. The same in every process and version."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest(), "little")


def term_hashes(terms: Collection[str]) -> Hashes:
    """uint64 (n), in the order of the terms."""
    return np.fromiter(map(term_hash, terms), dtype=np.uint64, count=len(terms))


def shortened(hashes: Hashes) -> ShortHashes:
    """uint32 (n): the lower halves."""
    return (hashes & np.uint64(0xFFFF_FFFF)).astype(np.uint32)
