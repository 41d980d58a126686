"""The form of postings: an impact and an ordinal each, greatest impact first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.matching.index.words.card_batch import CardBatch
from services.matching.index.words.impacts import FULL, impacts

# Ordinals are uint16.
MOST_DOCUMENTS = 65_536
POSTING = np.dtype([("impact", "u1"), ("ordinal", "<u2")])
POSTING_BYTES = POSTING.itemsize
# So many are sorted at a time, in about 100 MB.
_SORTED_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class PostingRows:
    """Rows of one segment: the term of each (as int32), how many documents have it, and its postings."""

    terms: list[int]
    documents: list[int]
    postings: list[bytes]


def signed(hashes: npt.NDArray[np.uint32]) -> list[int]:
    """Terms as the database knows them: the same 32 bits as an integer with a sign."""
    found: list[int] = hashes.view(np.int32).tolist()
    return found


def posting_rows(cards: CardBatch) -> Iterator[PostingRows]:
    """The rows of a segment whose ordinals are the places in `cards`, some terms at a time. Blocks.

    Raises ValueError for more cards than ordinals.
    """
    if len(cards) > MOST_DOCUMENTS:
        raise ValueError(f"a segment holds {MOST_DOCUMENTS} documents, not {len(cards)}")
    parts = len(cards.hashes) // _SORTED_AT_ONCE + 1
    # Hashes spread evenly, so that equal ranges hold about as many.
    edges = np.linspace(0, 1 << 32, parts + 1).astype(np.uint64)
    for low, high in pairwise(edges):
        yield _rows(cards, np.flatnonzero((cards.hashes >= low) & (cards.hashes < high)))


def decoded(postings: bytes) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16]]:
    """Impacts and ordinals, views of `postings`."""
    found = np.frombuffer(postings, dtype=POSTING)
    return found["impact"], found["ordinal"]


def without(postings: bytes, ordinals: npt.NDArray[np.uint16]) -> bytes:
    """The postings of all other documents, in the same order."""
    found = np.frombuffer(postings, dtype=POSTING)
    return found[~np.isin(found["ordinal"], ordinals)].tobytes()


def _rows(cards: CardBatch, places: npt.NDArray[np.int64]) -> PostingRows:
    of = cards.cards_of(places)
    # One number to sort by: term, then greatest impact, then ordinal.
    keys = cards.hashes[places].astype(np.uint64) << np.uint64(24)
    keys |= (FULL - impacts(cards.counts[places], cards.lengths[of])).astype(np.uint64) << np.uint64(16)
    keys |= of.astype(np.uint64)
    keys.sort()
    terms = (keys >> np.uint64(24)).astype(np.uint32)
    triples = np.empty(len(keys), dtype=POSTING)
    triples["impact"] = FULL - ((keys >> np.uint64(16)) & np.uint64(0xFF)).astype(np.uint8)
    triples["ordinal"] = (keys & np.uint64(0xFFFF)).astype(np.uint16)
    starts = np.flatnonzero(np.r_[True, terms[1:] != terms[:-1]][: len(terms)])
    ends = np.append(starts, len(terms))[1:]
    data = triples.tobytes()
    cut = [
        data[start:end]
        for start, end in zip((starts * POSTING_BYTES).tolist(), (ends * POSTING_BYTES).tolist(), strict=True)
    ]
    return PostingRows(signed(terms[starts]), (ends - starts).tolist(), cut)
