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


def places_among(
    asked: npt.NDArray[np.unsignedinteger], hashes: npt.NDArray[np.unsignedinteger]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which of many hashes are among the asked ones, ascending, and which of those each is. Blocks, for a millisecond
    for a hundred thousand."""
    if not len(asked):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    # Most are not, and are told by a part of them.
    perhaps = np.zeros(1 << 16, dtype=np.bool_)
    perhaps[asked.astype(np.uint16)] = True
    found = np.flatnonzero(perhaps[hashes.astype(np.uint16)])
    order = np.argsort(asked)
    some = hashes[found]
    places = np.minimum(np.searchsorted(asked[order], some), len(asked) - 1)
    same = asked[order][places] == some
    return found[same], order[places[same]]
